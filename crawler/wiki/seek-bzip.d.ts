/** What we use of seek-bzip 2.0.0, which ships no types. */
declare module 'seek-bzip' {
  const bzip: {
    /** Decodes the block whose magic begins at that bit of a stream and checks its CRC; throws TypeError. */
    decodeBlock(stream: Uint8Array, bit: number, output: { writeByte(byte: number): void }): void
  }
  export default bzip
}
