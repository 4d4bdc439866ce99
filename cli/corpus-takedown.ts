/** malmoi corpus takedown: removes documents from everywhere, keeps them out, and says in writing what was done. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { attestationPath, findPlaces, finishTakedowns, takeDown } from '../pipeline/takedown/take-down.ts'
import { aloneWithCorpus } from '../store/corpus-use.ts'
import { unreadDocuments } from '../store/takedown/find.ts'
import { countsOf } from '../store/takedown/request.ts'
import { CONFIG_FILE } from './config-fields.ts'
import { takedownDeps } from './takedown-deps.ts'
import { doneLines, placeLines } from './takedown-report.ts'
import { documentsFor, LEAST_SPAN, readRequest, SCOPES } from './takedown-request.ts'
import { verifyAttestation } from './takedown-verify.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '(URL | --document D | --source S | --search Q | --span TEXT) --reason R [--scope S] [--dry-run] [--yes]',
  details: `
Removes documents from the tables, the search index, the WARC files, stored artifacts, shards and exports, and keeps them
from coming back. First lists every place that holds them; --dry-run stops there. Versions keep their numbers, digests
and offsets: tokens are overwritten in place and take no part in the loss; checkpoints that were trained on them are
marked. What is replaced by what is recorded, and old versions go on being verified through that record.

  --scope copy     the named documents alone; the same text elsewhere stays
  --scope cluster  (default) their copies and near copies too, since one of those would be elected in their place
  --scope span     every document that holds the passage given with --span, whole

Tables are rewritten (VACUUM FULL): whoever reads them waits meanwhile. Nothing else may be at work in the workspace. A
takedown that is cut off is gone on with by the next command that works on the corpus. Of a source only what is there is
taken down: to keep out what is new, remove it from the config. A feed that goes on carrying an article brings it into
the WARC files again, though into no version: exclude the feed, or ask the site. Out of reach are the files that an
import was read from, and what was copied out of the workspace: reports, models.

The attestation (.malmoi/takedowns/N.json) is signed with the workspace's key; --verify checks it, and looks again.

  malmoi corpus takedown https://example.org/news/1.html --reason 'request of 2026-11-02'
  malmoi corpus takedown --document 3f9a01 --scope copy --reason 'withdrawn by the author' --dry-run
  malmoi corpus takedown --verify .malmoi/takedowns/1.json`,
  options: {
    document: { type: 'string', value: 'D', about: 'a key, or the digest of a revision or clean text (its beginning)' },
    source: { type: 'string', value: 'S', about: 'all documents of a source' },
    search: { type: 'string', value: 'Q', about: 'all documents that a search finds' },
    span: {
      type: 'string',
      value: 'TEXT',
      about: `all documents that hold a passage of ${LEAST_SPAN} letters or more`,
    },
    scope: { type: 'string', value: 'S', about: `${SCOPES.join(', ')} (default: cluster)` },
    reason: { type: 'string', value: 'R', about: 'why; it stands in the record and in the attestation' },
    'dry-run': { type: 'boolean', about: 'only the list of places' },
    yes: { type: 'boolean', about: 'without asking' },
    verify: { type: 'string', value: 'FILE', about: 'check an attestation, and look again at the places it names' },
  },
  async run(call) {
    const file = call.text('verify')
    if (file !== undefined) return verifyAttestation(call, file)
    const dry = call.flag('dry-run')
    if (!dry && !call.flag('yes') && !process.stdin.isTTY)
      throw new UsageError('there is no terminal to ask on: give --yes, or --dry-run to see what would be taken down')
    const config = existsSync(join(call.folder, CONFIG_FILE)) ? await call.config() : null
    const asked = readRequest(call, config?.backupDays ?? null)
    const workspace = await call.open()
    const deps = takedownDeps(workspace, call.note)
    await aloneWithCorpus(workspace.connection, async () => {
      if (!dry)
        for (const { takedown } of await finishTakedowns(deps))
          call.note(`takedown ${takedown} is done: ${attestationPath(takedown)}`)
      const found = await findPlaces(deps, await documentsFor(workspace, asked, config))
      const { places, before: takenDownBefore } = found
      const unread = await unreadDocuments(workspace.connection.db)
      if (unread > 0)
        call.note(
          `${unread} documents were captured and not read yet: copies among them are found after \`malmoi build\``,
        )
      const shown = { request: asked.request, found: countsOf(places), takenDownBefore, places }
      if (!call.json) {
        for (const line of placeLines(places)) call.print(line)
        if (takenDownBefore > 0) call.print(`\n${takenDownBefore} more documents were taken down before`)
      }
      if (dry || found.documents.length === 0) {
        if (call.json) call.emit({ takedown: null, ...shown })
        return
      }
      if (!call.flag('yes')) await confirm(call, found.documents.length)
      const attestation = await takeDown(deps, asked.request, found)
      const path = attestationPath(attestation.takedown)
      if (call.json) {
        const { takedown, redactions, exports, database, verification, backups } = attestation
        call.emit({ takedown, ...shown, redactions, exports, database, verification, backups, attestation: path })
      } else for (const line of doneLines(attestation, path)) call.print(line)
    })
  },
}

/** @throws FailedError where the person says no */
async function confirm({ signal }: Call, documents: number): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`take down ${documents} documents for good? write ${documents} to go on: `, {
      signal,
    })
    if (answer.trim() === String(documents)) return
    throw new FailedError('nothing was taken down')
  } finally {
    terminal.close()
  }
}
