import type { DataType } from './value.ts';

/** Numbers of the element types in ONNX files: TensorProto.DataType of onnx.proto. */
export const elementTypes: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};
