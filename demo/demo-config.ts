/** The config of the demo: the demo site as the one source, and a small dataset made of it. */

/** Plain config data; `home` is the URL of the served site's home page. */
export function demoConfig(home: string) {
  return {
    sources: [{ name: 'maeul', kind: 'news', start: [home], licence: 'CC0-1.0', delayMs: 0, allowPrivate: true }],
    datasets: {
      demo: {
        sources: ['maeul'],
        tokenizer: { algorithm: 'bpe', vocabSize: 2000 },
        validation: 0.1,
        train: { preset: 'test', steps: 400 },
      },
    },
  } as const
}
