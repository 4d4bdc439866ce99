/** A workspace's corpus for a program, over the questions that the command asks too. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../cli/config.ts'
import { CONFIG_FILE } from '../cli/config-fields.ts'
import { keysOf } from '../cli/document-keys.ts'
import { UsageError } from '../pipeline/contract.ts'
import type { Config } from '../pipeline/recipe.ts'
import { storyOf } from '../pipeline/story.ts'
import type { Connection } from '../store/connect.ts'
import { diffVersions } from '../store/diff.ts'
import { countBy, countByRule, countDocuments, DIMENSIONS } from '../store/query/counts.ts'
import { readDocuments, readRejected, type Row as StoredRow } from '../store/query/documents.ts'
import { DEFAULT_FIELDS, DEFAULT_REJECTED_FIELDS } from '../store/query/fields.ts'
import { type Population, type Selection, selectionOf } from '../store/query/selection.ts'
import { chooseVersion } from '../store/query/version.ts'
import { searchVersion } from '../store/search/search.ts'
import { listVersions, resolveVersion, type VersionRow } from '../store/versions.ts'
import { checkQuestion, filterOf, type Question } from './questions.ts'
import type { Corpus, Row, Version } from './types.ts'

export function createCorpus(folder: string, connection: Connection): Corpus {
  const { db } = connection
  let closing: Promise<void> | null = null
  const config = async (): Promise<Config | null> => (existsSync(join(folder, CONFIG_FILE)) ? loadConfig(folder) : null)

  async function versionOf({ dataset, version, asOf }: Question): Promise<VersionRow> {
    const timeZone = asOf === undefined ? 'UTC' : ((await config())?.timeZone ?? 'Asia/Seoul')
    return chooseVersion(db, { dataset, version, asOf, timeZone })
  }
  async function select(question: Question, population: Population): Promise<Selection> {
    checkQuestion(question)
    return selectionOf(db, await versionOf(question), filterOf(question), population)
  }

  return {
    versions: async (dataset) => (await listVersions(db, dataset ?? null)).map(shown),
    version: async (name) => shown(await resolveVersion(db, name)),
    async *query(question = {}) {
      const names = question.fields ?? DEFAULT_FIELDS
      yield* typed(readDocuments(db, await select(question, 'held'), names, question.limit))
    },
    async *rejected(question = {}) {
      const names = question.fields ?? DEFAULT_REJECTED_FIELDS
      yield* typed(readRejected(db, await select(question, 'rejected'), names, question.limit))
    },
    count: async (question = {}) => countDocuments(db, await select(question, 'held')),
    async countBy(dimension, question = {}) {
      if (!DIMENSIONS.includes(dimension))
        throw new UsageError(`documents are counted by ${DIMENSIONS.join(', ')}, not by ${dimension}`)
      return countBy(db, await select(question, 'held'), dimension)
    },
    countByRule: async (question = {}) => countByRule(db, await select(question, 'judged')),
    async *diff(from, to) {
      const [older, newer] = [await resolveVersion(db, from), await resolveVersion(db, to)]
      if (older.dataset !== newer.dataset)
        throw new UsageError(`${from} and ${to} are of two datasets: compare versions of one`)
      yield* diffVersions(db, older, newer)
    },
    async search(text, question = {}) {
      checkQuestion(question)
      const { order = 'newest', limit = 20, before = null } = question
      return searchVersion(db, await versionOf(question), text, { order, limit, before })
    },
    why: async (url) => storyOf(db, keysOf(url, await config())),
    close: () => (closing ??= connection.close()),
    [Symbol.asyncDispose]: () => (closing ??= connection.close()),
  }
}

/** The rows hold what `types.ts` says of their fields: the SQL of each is in store/query/fields.ts. */
function typed<Fields, Name extends string>(rows: AsyncIterable<StoredRow>): AsyncIterable<Row<Fields, Name>> {
  return rows as AsyncIterable<Row<Fields, Name>>
}

function shown({ dataset, number, digest, parent, documents, bytes, frozenAt, recipe }: VersionRow): Version {
  return { name: `${dataset}@${number}`, dataset, number, digest, parent, documents, bytes, frozenAt, recipe }
}
