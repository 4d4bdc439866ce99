/** The difference of two versions as a statement to run by hand, over the views of the schema `corpus`. */
import pg from 'pg'
import type { VersionRow } from './versions.ts'

/**
 * One row a change: change, cause, source, url, from, to, bytes_from, bytes_to, in the order of diffVersions. It reads
 * what began or ended between the two.
 */
export function diffStatement(from: VersionRow, to: VersionRow): string {
  const dataset = pg.escapeLiteral(from.dataset)
  const forwards = from.number <= to.number
  const [older, newer] = forwards ? [from.number, to.number] : [to.number, from.number]
  const [came, went] = forwards ? ['added', 'removed'] : ['removed', 'added']
  const [before, after] = forwards ? ['old', 'new'] : ['new', 'old']
  return `with old as (
  select * from corpus.members
  where dataset = ${dataset} and version = ${older} and removed <= ${newer}),
new as (
  select * from corpus.members
  where dataset = ${dataset} and version = ${newer} and added > ${older}),
passing as (
  select distinct on (source, url) source, url, removed_cause from corpus.members
  where dataset = ${dataset} and version > ${older} and version < ${newer} and added > ${older} and removed <= ${newer}
  order by source, url, removed desc)
select case when old.url is null then '${came}' when new.url is null then '${went}' else 'changed' end as change,
  case when new.url is null then coalesce(passing.removed_cause, old.removed_cause) else new.added_cause end as cause,
  source, url, ${before}.text_digest as "from", ${after}.text_digest as "to",
  ${before}.bytes as bytes_from, ${after}.bytes as bytes_to
from old full join new using (source, url)
left join passing using (source, url)
where (old.revision, old.text_digest, old.bytes) is distinct from (new.revision, new.text_digest, new.bytes)
order by change, source, url;`
}
