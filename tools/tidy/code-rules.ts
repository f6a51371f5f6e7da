import ts from 'typescript';
import { isForTests } from '../source/files.ts';
import { lineOf, type Module } from '../source/module.ts';
import type { Finding } from './finding.ts';

export interface Limits {
  readonly fileLines: number;
  readonly functionLines: number;
}

/** A decider gets time, ids and chance as facts, so that a replay decides the same. */
const AMBIENT: Readonly<Record<string, string>> = {
  'Date.now': 'take the time from facts.now',
  'performance.now': 'take the time from facts.now',
  'Math.random': 'take it from facts.chance()',
  'crypto.randomUUID': 'take it from facts.draw(kind)',
  'crypto.getRandomValues': 'take it from facts.draw(kind)',
  randomId: 'take it from facts.draw(kind)',
  randomBytes: 'take it from facts.draw(kind)',
  randomUUID: 'take it from facts.draw(kind)',
  systemClock: 'take the time from facts.now',
  setTimeout: 'set a timer as data',
  setInterval: 'set a timer as data',
  setImmediate: 'set a timer as data',
  queueMicrotask: 'set a timer as data',
  fetch: 'a decider reaches nothing: answer an effect',
};

const TEST_NAMES = new Set(['it', 'test', 'describe', 'suite']);

/** What the syntax tree shows. */
export function codeFindings(module: Module, limits: Limits): Finding[] {
  const { file, syntax } = module;
  const findings: Finding[] = [];
  const add = (rule: string, node: ts.Node, text: string, measured?: Finding['measured']) => findings.push({ rule, file, line: lineOf(syntax, node), text, measured });
  const inDomain = file.includes('/domain/') && !isForTests(file);
  // A browser's console is its log.
  const mayPrint = isForTests(file) || /^(tools|e2e|bench|web|softphone)\//.test(file);

  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const name = node.expression.getText(syntax);
      const [object, member] = name.split('.');
      if (inDomain && AMBIENT[name]) add('no-ambient', node, `${name} in a domain: ${AMBIENT[name]}`);
      if (object === 'console' && !mayPrint) add('no-console', node, `${name}: use the logger, or tell the operator through stdout`);
      if (member && TEST_NAMES.has(object!) && ['only', 'skip', 'todo'].includes(member)) add('no-focused-tests', node, `${name}: every test runs, or is removed`);
      if (name.endsWith('.catch') && isSilent(node.arguments[0])) add('no-swallowed', node, 'a failure disappears here: use ignoreFailure(reason, promise)');
    }
    if (inDomain && ts.isNewExpression(node) && node.expression.getText(syntax) === 'Date' && !node.arguments?.length) add('no-ambient', node, 'new Date() in a domain: take the time from facts.now');
    if (ts.isCatchClause(node) && node.block.statements.length === 0) add('no-swallowed', node, 'a failure disappears here: use ignoreFailure(reason, work)');
    if (isFunction(node) && !isForTests(file)) {
      const lines = lengthOf(syntax, node);
      if (lines > limits.functionLines) add('function-length', node, `${functionName(syntax, node)} has ${lines} lines, more than ${limits.functionLines}`, { key: `${file}#${functionName(syntax, node)}`, value: lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);

  const lines = syntax.getLineStarts().length - (syntax.text.endsWith('\n') ? 1 : 0);
  if (lines > limits.fileLines) add('file-length', syntax, `${lines} lines, more than ${limits.fileLines}`, { key: file, value: lines });
  return findings;
}

type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration | ts.ConstructorDeclaration;

const isFunction = (node: ts.Node): node is FunctionNode =>
  ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node);

const lengthOf = (syntax: ts.SourceFile, node: ts.Node): number =>
  syntax.getLineAndCharacterOfPosition(node.getEnd()).line - syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1;

function functionName(syntax: ts.SourceFile, node: FunctionNode): string {
  if (node.name) return node.name.getText(syntax);
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) return parent.name.getText(syntax);
  return ts.isConstructorDeclaration(node) ? 'constructor' : 'a function';
}

/** `() => {}` and `() => undefined`. */
function isSilent(handler: ts.Node | undefined): boolean {
  if (!handler || !ts.isArrowFunction(handler)) return false;
  if (ts.isBlock(handler.body)) return handler.body.statements.length === 0;
  return handler.body.getText() === 'undefined' || ts.isVoidExpression(handler.body);
}
