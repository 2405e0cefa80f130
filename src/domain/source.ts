/** A file of the policies folder as it was read; the path is relative to where the program runs, with forward slashes: `policies/keyturn.yaml`. */
export interface SourceFile {
  readonly path: string;
  /** The content; empty where the file was not read because of its size or because it leads out of the folder. */
  readonly bytes: Uint8Array;
  /** Its size where that is known without reading it; else the number of bytes. */
  readonly size?: number;
  /** It is a symbolic link that leads out of the policies folder. */
  readonly escapes?: boolean;
}
