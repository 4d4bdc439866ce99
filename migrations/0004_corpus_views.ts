/**
 * The corpus for SQL: views that psql, DuckDB or a notebook reads, each column described in the database itself (`\d+`).
 * Tables beside the membership are joined so that PostgreSQL leaves out those of which no column is asked for: counting a
 * version reads its memberships alone.
 */

interface View {
  readonly name: string
  readonly about: string
  readonly query: string
  readonly columns: Readonly<Record<string, string>>
}

const MEMBERSHIP = `from malmoi.version
  join malmoi.member on member.dataset = version.dataset and member.added <= version.number
    and (member.removed is null or member.removed > version.number)
  left join malmoi.source on source.id = member.source_id
  left join malmoi.document on document.id = member.document_id
  left join malmoi.revision on revision.id = member.revision_id`

const VERSION = { dataset: 'The dataset.', version: 'The number of the version in its dataset, from 1.' }
const DOCUMENT = {
  source: 'The source that the document is of.',
  url: 'The canonical URL, or the id in the source that it was imported from: what names it in its source.',
}
const REVISION = {
  revision: 'SHA-256 of what the document said: address, title, author, date, language, licence, text.',
}
const MEASURES = { measures: "What cleaning measured, by name: (measures ->> 'hangul_ratio')::float8." }

const all: readonly View[] = [
  {
    name: 'versions',
    about: 'Frozen versions of datasets. None of them ever changes; a takedown alone empties what it names.',
    query: `select version.dataset, version.number as version, version.digest, version.parent, version.documents,
        version.bytes, version.frozen_at, cleaning.digest as cleaning, version.recipe,
        array(select tag from malmoi.version_tag where version_tag.dataset = version.dataset
          and version_tag.number = version.number order by tag) as tags
      from malmoi.version left join malmoi.cleaning on cleaning.id = version.cleaning_id`,
    columns: {
      ...VERSION,
      digest: 'SHA-256 of its recipe and its documents.',
      parent: 'The number of the version before.',
      documents: 'How many documents it holds.',
      bytes: 'Bytes of their texts as the version holds them, in UTF-8.',
      frozen_at: 'When it was frozen.',
      cleaning: 'The cleaning that judged all its documents; see verdicts.',
      recipe: 'What it was made by.',
      tags: 'The names that it was given.',
    },
  },
  {
    name: 'members',
    about: 'Which documents a version held when it was frozen and why, without their texts.',
    query: `select version.dataset, version.number as version, source.name as source, document.key as url,
        encode(revision.digest, 'hex') as revision, encode(coalesce(member.digest, text.digest), 'hex') as text_digest,
        member.bytes, member.day, member.lang, member.licence,
        member.added, member.added_cause, member.removed, member.removed_cause
      ${MEMBERSHIP}
      left join malmoi.text on text.id = member.text_id`,
    columns: {
      ...VERSION,
      ...DOCUMENT,
      ...REVISION,
      text_digest: 'SHA-256 of the text as the version holds it; null where it was taken down since.',
      bytes: 'Bytes of the text as the version holds it, in UTF-8.',
      day: 'When it was published, else the night on which it was captured.',
      lang: 'Language: a BCP 47 primary subtag, as stated or as told from the text.',
      licence: "The licence that the page states, else the source's.",
      added: 'The version in which it came as it is.',
      added_cause: 'Why it came: crawled, revised, accepted, elected, paragraphs, licence, recipe and others.',
      removed: 'The version from which on it is gone, or another in its place; null where it is in the latest.',
      removed_cause: 'Why it went.',
    },
  },
  {
    name: 'documents',
    about: 'The documents of a version with text and measures, without what was taken down since.',
    query: `select version.dataset, version.number as version, source.name as source, document.key as url, revision.title,
        revision.author, revision.published, revision.modified, revision.section, member.lang, member.licence, member.day,
        capture.fetched_at, encode(revision.digest, 'hex') as revision, member.bytes,
        malmoi.member_text(text.body, member.omitted) as text,
        malmoi.measures(cleaning.measures, verdict.values) as measures
      ${MEMBERSHIP}
      left join malmoi.cleaning on cleaning.id = version.cleaning_id
      left join malmoi.capture on capture.id = revision.capture_id
      left join malmoi.text on text.id = member.text_id
      left join malmoi.verdict on verdict.revision_id = member.revision_id
        and verdict.cleaning_id = version.cleaning_id
      where not exists (select from malmoi.tombstone where tombstone.document_id = member.document_id)`,
    columns: {
      ...VERSION,
      ...DOCUMENT,
      title: 'As the page states it.',
      author: 'As the page states it.',
      published: 'Date or date and time, as the page states it.',
      modified: 'When the page says that it was last changed.',
      section: "Where the site files it, in the site's words.",
      lang: 'Language: a BCP 47 primary subtag.',
      licence: "The licence that the page states, else the source's.",
      day: 'When it was published, else the night on which it was captured. Indexed, as are source, lang and licence.',
      fetched_at: 'When the text was fetched.',
      ...REVISION,
      bytes: 'Bytes of the text, in UTF-8.',
      text: 'The text as the version holds it: cleaned, without paragraphs that another document has.',
      ...MEASURES,
    },
  },
  {
    name: 'verdicts',
    about: 'What each cleaning decided of each revision: kept, or the rule that rejects it.',
    query: `select cleaning.digest as cleaning, source.name as source, document.key as url,
        encode(revision.digest, 'hex') as revision, verdict.kept, verdict.rule, verdict.measured, verdict.threshold,
        malmoi.measures(cleaning.measures, verdict.values) as measures
      from malmoi.verdict
      left join malmoi.cleaning on cleaning.id = verdict.cleaning_id
      left join malmoi.revision on revision.id = verdict.revision_id
      left join malmoi.document on document.id = revision.document_id
      left join malmoi.source on source.id = document.source_id`,
    columns: {
      cleaning: 'SHA-256 of the code and the config that judged; a version names its own.',
      ...DOCUMENT,
      ...REVISION,
      kept: 'Whether cleaning kept it.',
      rule: 'The rule that rejected it; null where it was kept.',
      measured: 'What that rule measured.',
      threshold: 'What it was compared with.',
      ...MEASURES,
    },
  },
  {
    name: 'lineage',
    about: 'A row a capture of a document: where its bytes lie, and the revision and tokens that came of it.',
    query: `select source.name as source, document.key as url, batch.night, capture.url as fetched_url, capture.status,
        capture.fetched_at, capture.robots_rule, warc_file.path as warc, capture.warc_offset, capture.warc_length,
        encode(revision.digest, 'hex') as revision, shard.digest as shard, shard.tokenizer,
        shard_document.start as first_token, shard_document.length as tokens
      from malmoi.capture
      left join malmoi.document on document.id = capture.document_id
      left join malmoi.source on source.id = document.source_id
      left join malmoi.batch on batch.id = capture.batch_id
      left join malmoi.warc_file on warc_file.batch_id = capture.batch_id and warc_file.number = capture.warc_file
      left join malmoi.revision on revision.document_id = capture.document_id and revision.capture_id = capture.id
      left join malmoi.shard_document on shard_document.revision_id = revision.id
      left join malmoi.shard on shard.id = shard_document.shard_id`,
    columns: {
      ...DOCUMENT,
      night: 'The night of the crawl.',
      fetched_url: 'The address that was asked for.',
      status: 'The status of HTTP that it answered with.',
      fetched_at: 'When.',
      robots_rule: 'The rule of robots.txt that allowed it.',
      warc: 'The WARC file that holds the exchange, in the workspace.',
      warc_offset: 'Where its record begins there, in bytes.',
      warc_length: 'How long it is, in bytes as stored.',
      revision: 'SHA-256 of the revision that was read from it; null where it said what was known.',
      shard: 'SHA-256 of a shard that holds its tokens; a row for each.',
      tokenizer: 'SHA-256 of the tokenizer of that shard.',
      first_token: 'Where they begin in the shard.',
      tokens: 'How many they are.',
    },
  },
]

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

export const views: readonly string[] = [
  'create schema corpus',
  `comment on schema corpus is 'The corpus to read: versions, members, documents, verdicts, lineage.'`,
  ...all.flatMap(({ name, about, query, columns }) => [
    `create view corpus.${name} as ${query}`,
    `comment on view corpus.${name} is ${quoted(about)}`,
    ...Object.entries(columns).map(([column, said]) => `comment on column corpus.${name}.${column} is ${quoted(said)}`),
  ]),
]
