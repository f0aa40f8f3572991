/** `a,b` and repeated options alike. */
export const splitList = (values: readonly string[] | undefined): readonly string[] =>
  (values ?? []).flatMap((value) => value.split(',')).filter((word) => word !== '');
