import type { JinjaNode } from '../jinja/jinja-tree.ts';
import type { MacroParam } from './macros/macro-header.ts';

/** A tag as it stands in the source: its text, and whether Jinja removes the line break after it. */
export interface Tag {
  readonly source: string;
  readonly newlineCut: boolean;
  /** In the template, from 1. */
  readonly line: number;
}

/** A part of a template. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly of: JinjaNode; readonly tag: Tag }
  | { readonly kind: 'comment'; readonly text: string; readonly tag: Tag }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: Branch; readonly end: Tag }
  | {
      readonly kind: 'for';
      readonly header: string;
      readonly body: readonly Part[];
      readonly otherwise?: Branch;
      readonly tag: Tag;
      readonly end: Tag;
    }
  /** `value`: of `{% set a = … %}`; `body`: of `{% set a %}…{% endset %}`. */
  | {
      readonly kind: 'set';
      readonly names: readonly string[];
      readonly value?: JinjaNode;
      readonly body?: readonly Part[];
      readonly tag: Tag;
    }
  /** `{% block %}` of a template that nothing extends: what is in it. `locals`: the values of a macro, whose text it is. */
  | {
      readonly kind: 'group';
      readonly body: readonly Part[];
      readonly locals?: readonly (readonly [name: string, value: JinjaNode])[];
      readonly tag: Tag;
    }
  | {
      readonly kind: 'macro';
      readonly name: string;
      readonly params: readonly MacroParam[];
      readonly body: readonly Part[];
      readonly tag: Tag;
    }
  /** What ends with so many line breaks at least. */
  | { readonly kind: 'end_line'; readonly breaks: number; readonly body: readonly Part[] }
  | { readonly kind: 'include'; readonly file: string; readonly tag: Tag }
  /** `{% import 'FILE' as NAME %}` and `{% from 'FILE' import NAME as OTHER %}`. */
  | {
      readonly kind: 'import';
      readonly file: string;
      readonly as: string | readonly (readonly [name: string, as: string])[];
      readonly tag: Tag;
    }
  /** A call of a kept macro, with its values. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly values: readonly (readonly [name: string, value: JinjaNode, mayBeMissing: boolean])[];
      readonly tag: Tag;
    }
  /** What is not converted, with the reason. */
  | { readonly kind: 'left'; readonly reason: string; readonly tag: Tag };

export interface Branch {
  /** The condition, not read yet. */
  readonly test?: string;
  readonly body: readonly Part[];
  readonly tag: Tag;
}
