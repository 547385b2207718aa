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

/** Bytes of one element. */
export const elementBytes = (dtype: DataType): number => bytes[dtype];

const bytes: Readonly<Record<DataType, number>> = { float32: 4, uint8: 1, int32: 4, int64: 8, bool: 1, float16: 2 };
