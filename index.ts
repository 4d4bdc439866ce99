/** What `import … from 'malmoi'` gives. */
export { defineConfig, type UserConfig } from './cli/config.ts'
