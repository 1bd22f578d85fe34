/** Anything that can be disposed of, whoever made it. */
export interface Disposing {
  dispose(): unknown;
}
