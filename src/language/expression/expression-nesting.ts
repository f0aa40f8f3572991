/** How deep brackets, signs and choices (`? :`) may stand in each other. */
const MAX_LEVELS = 100;
/** Each operator is a level of the tree too: `a && b && c` is `(a && b) && c`. */
const MAX_OPERATORS = 1000;

const COMMENT = String.raw`\/\/[^\n]*`;
const RAW_TEXT = String.raw`(?:r|br|rb)(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')`;
const TEXT = String.raw`b?(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`;
const TOKEN = new RegExp(String.raw`${COMMENT}|${RAW_TEXT}|${TEXT}|\w+|&&|\|\||[=!<>]=|\S`, 'gi');

/** Where an expression is nested too deep for the parser of CEL, which would run out of stack, and what is too much. */
export function findDeepNesting(text: string): { readonly offset: number; readonly message: string } | undefined {
  if (text.length <= MAX_LEVELS) return undefined;
  /** For each open bracket what is before it. */
  const outer: { readonly levels: number; readonly operators: number }[] = [];
  let [levels, operators, signs] = [0, 0, 0];
  let isAfterValue = false;
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    if (token.startsWith('//')) continue;
    if ('([{'.includes(token)) {
      outer.push({ levels, operators });
      [levels, signs] = [levels + signs + 1, 0];
    } else if (')]}'.includes(token)) {
      const before = outer.pop() ?? { levels: 0, operators: 0 };
      [levels, operators, signs] = [before.levels, before.operators + 1, 0]; // a call and an index are levels of the tree
    } else if (token === ',') {
      const before = outer.at(-1) ?? { levels: -1, operators: 0 };
      [levels, operators, signs] = [before.levels + 1, before.operators, 0];
    } else if (token === '?') [levels, signs] = [levels + 1, 0];
    else if (!isAfterValue && (token === '!' || token === '-')) signs++;
    else if (OPERATOR.test(token)) [operators, signs] = [operators + 1, 0];
    isAfterValue = /[\w"')\]}]$/.test(token) && token !== 'in';
    if (levels + signs > MAX_LEVELS) return { offset, message: `nested deeper than ${MAX_LEVELS} levels` };
    if (operators > MAX_OPERATORS) return { offset, message: `more than ${MAX_OPERATORS} operators behind each other` };
  }
  return undefined;
}

const OPERATOR = /^(?:in|&&|\|\||[=!<>]=|[-+*/%<>.|])$/;
