/** The pages that extraction is measured on, with their true bodies. Reads the shared data; measures nothing. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { decodeBody } from '../crawler/decode.ts'

export interface TruePage {
  readonly file: string
  readonly url: string
  /** The page, decoded: every extractor is given the same characters. */
  readonly html: string
  /** The true text of its article. */
  readonly body: string
}

export interface PageSet {
  readonly name: string
  readonly pages: readonly TruePage[]
}

interface TruthLine {
  readonly file: string
  readonly url: string
  readonly body: string
  readonly lang: string
}

/** The sets below a folder of HTML data; `scratch` is an empty folder to unpack into. */
export function pageSets(data: string, scratch: string): readonly PageSet[] {
  const folders = ['article_extraction_benchmark', 'kr_news_fundus', 'kr_news_donga_2013']
  const sets = folders.map((name) => {
    const folder = join(data, name)
    return { name, pages: readSet(join(folder, 'ground_truth.jsonl'), folder) }
  })
  const tar = zstdDecompressSync(readFileSync(join(data, 'pytorch_kr_site.tar.zst')))
  execFileSync('tar', ['-xf', '-', '-C', scratch], { input: tar })
  const site = readSet(join(data, 'pytorch_kr_site.ground_truth.jsonl'), join(scratch, 'pytorch_kr_site'), 'ko')
  return [...sets, { name: 'pytorch_kr_site (ko)', pages: site }]
}

function readSet(truths: string, folder: string, lang?: string): readonly TruePage[] {
  return readFileSync(truths, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): TruthLine => JSON.parse(line))
    .filter((truth) => lang === undefined || truth.lang === lang)
    .map(({ file, url, body }) => ({ file, url, body, html: decodeBody(bytesOf(join(folder, file)), null).text }))
}

function bytesOf(path: string): Uint8Array {
  if (!existsSync(path)) return gunzipSync(readFileSync(`${path}.gz`))
  return path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)
}
