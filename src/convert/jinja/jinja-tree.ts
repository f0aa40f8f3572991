/** An expression of Jinja, as it is parsed. */
export type JinjaNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly of: JinjaNode; readonly name: string }
  | { readonly kind: 'item'; readonly of: JinjaNode; readonly key: JinjaNode }
  | { readonly kind: 'slice'; readonly of: JinjaNode; readonly from?: JinjaNode; readonly to?: JinjaNode }
  | ({ readonly kind: 'call'; readonly of: JinjaNode } & JinjaArgs)
  | ({ readonly kind: 'filter'; readonly name: string; readonly of: JinjaNode } & JinjaArgs)
  | ({ readonly kind: 'test'; readonly name: string; readonly of: JinjaNode } & JinjaArgs)
  | { readonly kind: 'unary'; readonly op: 'not' | '-' | '+'; readonly of: JinjaNode }
  | { readonly kind: 'binary'; readonly op: string; readonly left: JinjaNode; readonly right: JinjaNode }
  | { readonly kind: 'choice'; readonly test: JinjaNode; readonly yes: JinjaNode; readonly no?: JinjaNode }
  | { readonly kind: 'list'; readonly items: readonly JinjaNode[] }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [JinjaNode, JinjaNode])[] };

/** What a call, a filter or a test is given. */
export interface JinjaArgs {
  readonly args: readonly JinjaNode[];
  readonly named: Readonly<Record<string, JinjaNode>>;
}
