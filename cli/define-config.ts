/** What a config is written with: types for the editor, nothing else. A config that imports it loads no more than this. */
import type { UserConfig } from './config.ts'

/** Gives the config as it is. */
export function defineConfig(config: UserConfig): UserConfig {
  return config
}
