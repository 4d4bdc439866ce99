/** The config with every default filled in: what a plan is made from. Reading and checking the file is cli/config.ts's. */
import type { Droppable } from '../crawler/extract/blocks.ts'
import type { Preset } from '../model/config.ts'
import type { CleaningConfig, ContaminationConfig, DeduplicationConfig, TokenizerConfig } from './contract.ts'
import type { Source, UserAgent } from './crawl-contract.ts'

export interface Config {
  readonly userAgent: UserAgent
  readonly timeZone: string
  readonly sources: readonly Source[]
  readonly datasets: readonly Dataset[]
  readonly schedule: readonly Schedule[]
  /** How many days backups of the workspace and its database are kept; null where nobody said. */
  readonly backupDays: number | null
}

/** What a version is made by, and all that its digest covers beside the documents. */
export interface Recipe {
  readonly name: string
  readonly sources: readonly string[]
  /** Those a document may have, by what its page states, else its source; null: any. */
  readonly licences: readonly string[] | null
  /** First and last day, `YYYY-MM-DD`, of publication, else of the night; null: no bound. */
  readonly since: string | null
  readonly until: string | null
  /** Most of a source, by its name. */
  readonly caps: Readonly<Record<string, { readonly documents?: number; readonly bytes?: number }>>
  /** Share of each source in the version's bytes; null: each gives what it has. */
  readonly mixture: Readonly<Record<string, number>> | null
  /** Blocks of a page that are no part of its text. */
  readonly extraction: { readonly drop: readonly Droppable[] }
  readonly cleaning: CleaningConfig
  /** Null where the config names no evaluation sets. */
  readonly contamination: ContaminationConfig | null
  readonly deduplication: DeduplicationConfig
  readonly tokenizer: TokenizerConfig
  /** Share of documents held out for validation, by keyed hash of their identity. */
  readonly validation: number
  /** Of the training order and the split. */
  readonly seed: number
}

/**
 * A dataset of the config: its recipe, where evaluation sets are paths still, what `run` trains on it, and how long its
 * versions stay.
 */
export interface Dataset extends Omit<Recipe, 'contamination'> {
  readonly contamination:
    | (Omit<ContaminationConfig, 'sets'> & {
        readonly sets: readonly { readonly name: string; readonly path: string }[]
      })
    | null
  readonly train: Training | null
  /** Null where all versions stay. */
  readonly retention: Retention | null
}

/** Which versions stay without being asked for by name: the last so many, or those frozen within so many days. */
export type Retention = { readonly versions: number } | { readonly days: number }

/** What to train; the model's vocabulary comes from the tokenizer. */
export interface Training {
  readonly preset: Preset
  /** Optimizer steps, or tokens to be seen. */
  readonly length: { readonly steps: number } | { readonly tokens: number }
  readonly batch: number
  /** Tokens of a window; the preset's context where null. */
  readonly sequence: number | null
  readonly learningRate: number
  readonly seed: number
  readonly threads: number
}

export interface Schedule {
  readonly name: string
  readonly cron: string
  readonly sources: readonly string[]
  readonly then: 'crawl' | 'build' | 'train'
  /** Starts are spread over so many minutes, the same for the same night. */
  readonly jitterMinutes: number
}
