/**
 * Claim: neighbouring versions of a million documents are compared in less than a second, since only what began or ended
 * between them is read.
 *   node bench/diff.ts [millions] [changes]
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { connect } from '../store/connect.ts'
import { diffCounts, diffVersions } from '../store/diff.ts'
import { diffStatement } from '../store/diff-sql.ts'
import { resolveVersion } from '../store/versions.ts'
import { removeWorkspace } from '../tests/support/command.ts'

const documents = Number(process.argv[2] ?? 1) * 1e6
const changes = Number(process.argv[3] ?? 10_000)
/** A fifth each: added, removed by the rule, duplicates, revised, accepted. */
const each = changes / 5
const BYTES = 1_024

const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
const { db, close } = await connect(folder, undefined)

const seconds = async (work: () => Promise<unknown>) => {
  const started = performance.now()
  await work()
  return ((performance.now() - started) / 1000).toFixed(2)
}

try {
  await fill()
  const [old, fresh] = [await resolveVersion(db, 'news@1'), await resolveVersion(db, 'news@2')]
  const read = async () => {
    let count = 0
    for await (const _ of diffVersions(db, old, fresh)) count++
    return count
  }
  process.stdout.write(`${documents} documents, ${await read()} changes\n`)
  for (let pass = 0; pass < 3; pass++) {
    const stat = await seconds(() => diffCounts(db, old, fresh))
    const statement = await seconds(() => sql.raw(diffStatement(old, fresh)).execute(db))
    process.stdout.write(`changes ${await seconds(read)} s, counts ${stat} s, the statement ${statement} s\n`)
  }
} finally {
  await close()
  await removeWorkspace(folder)
}

/** Every document is in the first version or comes with the second; which is which goes by its number modulo. */
async function fill(): Promise<void> {
  const all = documents + 2 * each
  const numbers = sql`generate_series(1, ${all}::int) as n`
  const stride = Math.floor(documents / each)
  await sql`insert into source (name, kind, licence) values ('news', 'files', 'CC0-1.0')`.execute(db)
  await sql`insert into batch (source_id, night, digest) values (1, '2026-11-01', 'batch')`.execute(db)
  await sql`insert into warc_file values (1, 0, 'warc', 0)`.execute(db)
  await sql`insert into cleaning (digest, code, config, measures) select 'cleaning ' || n, '',
    jsonb_build_object('rules', jsonb_build_object('min_chars', 100 * n)), '{chars}' from generate_series(1, 2) as n`.execute(
    db,
  )
  await sql`insert into extraction (batch_id, digest) values (1, 'extract')`.execute(db)
  await sql`insert into document (source_id, key, first_batch_id)
    select 1, 'https://example.org/news/' || n, 1 from ${numbers}`.execute(db)
  await sql`insert into capture (batch_id, document_id, url, state, status, payload_bytes, fetched_at, robots_rule,
      record_id, warc_file, warc_offset, warc_length, holds_text)
    select 1, n, '', 'new', 200, 0, now(), '', n, 0, 0, 0, true from ${numbers}`.execute(db)
  await sql`insert into revision (document_id, capture_id, digest, title)
    select n, n, sha256(n::text::bytea), 'title ' || n from ${numbers}`.execute(db)
  await sql`insert into extracted select 1, n from ${numbers}`.execute(db)
  await sql`insert into text (revision_id, digest, body)
    select n, sha256(('text ' || n)::bytea), (select string_agg(md5((n * 100 + part)::text), ' ')
      from generate_series(1, ${Math.floor(BYTES / 33)}::int) as part) from ${numbers}`.execute(db)
  // Removed by the rule is every stride-th, with a verdict of either cleaning; next to it, what turns out a duplicate.
  await sql`insert into verdict (revision_id, cleaning_id, kept, rule, measured, threshold, values, text_id)
    select n, cleaning, kept, case when not kept then 'min_chars' end, case when not kept then 150 end,
      case when not kept then 100 * cleaning end, '{150}', case when kept then n end
    from (select n, cleaning, case when n > ${documents + each} then cleaning = 2
        else cleaning = 1 or n % ${stride} <> 0 end as kept from ${numbers}, generate_series(1, 2) as cleaning) judged`.execute(
    db,
  )
  await sql`insert into duplicate (dataset, revision_id, owner_id, intersection, "union", added)
    select 'news', n, n + 1, 9, 10, 2 from ${numbers} where n % ${stride} = 1 and n <= ${documents}`.execute(db)
  await sql`insert into member (dataset, source_id, document_id, revision_id, text_id, added, removed, bytes, day, licence,
      added_cause, removed_cause)
    select 'news', 1, n, n, n, case when n > ${documents} then 2 else 1 end, case when n <= ${documents}
      and n % ${stride} < 3 then 2 end, ${BYTES}, '2026-11-01', 'CC0-1.0',
      case when n > ${documents + each} then 'accepted' else 'crawled' end,
      case when n <= ${documents} then case n % ${stride} when 0 then 'rejected' when 1 then 'duplicate' when 2 then 'cleaning'
      end end from ${numbers}`.execute(db)
  await sql`insert into member (dataset, source_id, document_id, revision_id, text_id, added, bytes, day, licence,
      added_cause, digest, omitted)
    select dataset, source_id, document_id, revision_id, text_id, 2, bytes - 10, day, licence, 'paragraphs', sha256(n::text::bytea),
      '{1}' from member cross join lateral (select document_id as n) given where removed_cause = 'cleaning'`.execute(db)
  await sql`update member set removed_cause = 'paragraphs' where removed_cause = 'cleaning'`.execute(db)
  for (const number of [1, 2])
    await sql`insert into version (dataset, number, parent, digest, recipe, batches, dedupe, cleaning_id, documents, bytes)
      select 'news', ${number}, nullif(${number} - 1, 0), ${`digest ${number}`}, '{}',
        '[{"source": "news", "night": "2026-11-01", "extract": "extract"}]', '', ${number}, count(*), sum(bytes)
      from member where added <= ${number} and (removed is null or removed > ${number})`.execute(db)
  await sql`vacuum analyze`.execute(db)
}
