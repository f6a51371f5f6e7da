import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One `import`, `export … from` or `import()`. */
export interface Import {
  readonly specifier: string;
  /** `import type` and `export type`: gone at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface Module {
  readonly file: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

export function readModule(root: string, file: string): Module {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const syntax = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  return { file, syntax, imports: importsOf(syntax) };
}

function importsOf(syntax: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) imports.push({ specifier: specifier.text, typeOnly, line: lineOf(syntax, node) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return imports;
}

export const lineOf = (syntax: ts.SourceFile, node: ts.Node): number => syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1;
