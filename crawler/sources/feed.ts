/**
 * feed: RSS and Atom feeds and the pages they name, on whatever host those lie; their own links are not followed. The
 * choice of what is worth reading is the feed's.
 */
import type { WebKind } from './scope.ts'

export const feed: WebKind = { followsPages: false, anyHost: true, apparatus: () => null }
