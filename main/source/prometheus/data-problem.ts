/** What the data says, or why it cannot be used: `shape` is not the API's, `query` is a kind of result not asked for. */
export type DataProblem = { readonly kind: 'shape' | 'query'; readonly what: string };
