/** Licences by their identifiers as other catalogues know them: the page of each, and Hugging Face's name for it. */

interface KnownLicence {
  readonly url: string
  /** https://huggingface.co/docs/hub/repositories-licenses; absent where it has no name of its own there. */
  readonly hub?: string
}

const SPDX: Readonly<Record<string, KnownLicence>> = {
  'Apache-2.0': { url: 'https://www.apache.org/licenses/LICENSE-2.0', hub: 'apache-2.0' },
  'BSD-3-Clause': { url: 'https://opensource.org/license/bsd-3-clause', hub: 'bsd-3-clause' },
  'GFDL-1.3': { url: 'https://www.gnu.org/licenses/fdl-1.3.html', hub: 'gfdl' },
  MIT: { url: 'https://opensource.org/license/mit', hub: 'mit' },
  'ODC-By-1.0': { url: 'https://opendatacommons.org/licenses/by/1-0/', hub: 'odc-by' },
  'ODbL-1.0': { url: 'https://opendatacommons.org/licenses/odbl/1-0/', hub: 'odbl' },
}

/** Versions of Creative Commons that Hugging Face names. */
const HUB_CREATIVE_COMMONS = new Set(
  (
    'cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 ' +
    'cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0'
  ).split(' '),
)

/** The address of a licence; null where its words are no identifier that is known here. */
export function licenceUrl(licence: string): string | null {
  if (/^https?:\/\//.test(licence)) return licence
  return SPDX[licence]?.url ?? creativeCommons(licence) ?? openGovernment(licence)
}

/** Hugging Face's name of a licence; null where it has none: `other` there. */
export function hubLicence(licence: string): string | null {
  const lower = licence.toLowerCase()
  return SPDX[licence]?.hub ?? (HUB_CREATIVE_COMMONS.has(lower) ? lower : null)
}

/** `CC-BY-SA-4.0`, `CC-BY-2.0-KR`. */
function creativeCommons(licence: string): string | null {
  if (licence === 'CC0-1.0') return 'https://creativecommons.org/publicdomain/zero/1.0/'
  const [, terms, version, country] = /^CC-([A-Z-]+)-(\d\.\d)(?:-([A-Z]{2}))?$/.exec(licence) ?? []
  if (terms === undefined || version === undefined) return null
  const ported = country === undefined ? '' : `${country.toLowerCase()}/`
  return `https://creativecommons.org/licenses/${terms.toLowerCase()}/${version}/${ported}`
}

/** `KOGL-1` to `KOGL-4`: 공공누리. */
function openGovernment(licence: string): string | null {
  const [, type] = /^KOGL-([1-4])$/.exec(licence) ?? []
  return type === undefined ? null : `https://www.kogl.or.kr/info/licenseType${type}.do`
}
