import * as vscode from 'vscode';
import type { SourceRange } from '../../../shared/config/yamlSource.ts';

/** Places count from 1, editors from 0. */
export const toRange = ({ line, column, endLine, endColumn }: SourceRange): vscode.Range =>
  new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
