/** A template as swarm runs it: Handlebars' grammar, none of its code generation, partials or prototypes. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly of: TemplateOperand; readonly start: number; readonly end: number }
  | TemplateInclude
  | TemplatePart
  | TemplateBlock;

/** `{{#*inline "name"}}…{{/inline}}`: text that `{{> name}}` puts in. It writes nothing where it stands. */
export interface TemplatePart {
  readonly kind: 'part';
  readonly name: string;
  readonly body: readonly TemplateNode[];
}

/** `{{> other.hbs}}`, or `{{> name}}` for a part of the same file. */
export interface TemplateInclude {
  readonly kind: 'include';
  /** As it is written: a part of this file, or a file relative to the folder of this one. */
  readonly name: string;
  /** `name=value`. Where there are some, the text knows them and the variables of the task, and nothing of the blocks around it. */
  readonly values: readonly (readonly [name: string, value: TemplateOperand])[];
  /** White space before it, where it stands on a line of its own. */
  readonly indent: string;
  readonly start: number;
  readonly end: number;
}

export interface TemplateBlock {
  /** `end_line`: `of` is the number of line breaks with which the text inside ends at least. */
  readonly kind: 'if' | 'unless' | 'each' | 'with' | 'end_line';
  readonly of: TemplateOperand;
  /** `as |item index|` */
  readonly params: readonly string[];
  readonly then: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

export type TemplateOperand =
  | VariableReference
  | HelperCall
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null };

export interface VariableReference {
  readonly kind: 'reference';
  /** True for `@index` and `@root`, which are not names of the scope. */
  readonly data: boolean;
  /** How many `../`. */
  readonly levelsUp: number;
  /** `this.x`: never the name of a block's parameter. */
  readonly fromThis: boolean;
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
}

export interface HelperCall {
  readonly kind: 'call';
  readonly helper: string;
  readonly args: readonly TemplateOperand[];
  readonly start: number;
  readonly end: number;
}
