/** One question about a package, and what is known. */
export interface WhyAnswer {
  readonly question: string;
  readonly answer: string;
  readonly because: string;
}
