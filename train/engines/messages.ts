/**
 * What a training process and its parent say to each other. Both are this project at one version, so it is not checked.
 */
import type { StepMetrics, TrainedFiles, TrainJob } from '../../pipeline/contract.ts'

export type ToChild = { readonly kind: 'start'; readonly job: TrainJob } | { readonly kind: 'abort' }

export type FromChild =
  | { readonly kind: 'metrics'; readonly metrics: StepMetrics }
  /** Something a person should know that does not end the training. */
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'done'; readonly files: TrainedFiles }
  | { readonly kind: 'aborted'; readonly step: number }
  | { readonly kind: 'error'; readonly usage: boolean; readonly message: string; readonly remedy: string | null }
