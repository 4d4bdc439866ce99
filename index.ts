/** What `import … from 'malmoi'` gives. */
export { open } from './api/open.ts'
export type {
  Corpus,
  DocumentFields,
  DocumentsQuestion,
  FieldsQuestion,
  OpenOptions,
  RejectedFields,
  Row,
  Version,
  VersionQuestion,
} from './api/types.ts'
export type { UserConfig } from './cli/config.ts'
export { defineConfig } from './cli/define-config.ts'
export { FailedError, UsageError } from './pipeline/contract.ts'
export type {
  Change,
  Count,
  Dimension,
  Hit,
  KeyedCount,
  LeftOutOf,
  RuleCount,
  SearchPage,
  Story,
} from './store/answers.ts'
