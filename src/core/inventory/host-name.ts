type Brand<T, B extends string> = T & { readonly __brand: B };

/** A name of the inventory; made only by the inventory reader. */
export type HostName = Brand<string, 'HostName'>;
