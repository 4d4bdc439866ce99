/**
 * What an element says of itself: its tag, role, class and id, read as words. The words are those of the web at large,
 * English and Korean; none belongs to a site. Whether an element goes is decided by main-content.ts, which also weighs
 * the text.
 */
import type { Element } from './dom.ts'

/**
 * `out`: never the article. `byline`: when and where filed; goes unless it holds running text. `person`: who wrote it;
 * goes with what is told of them. `trimmings`: goes where it is made of links. `body`, `article`: the text itself, or what
 * surrounds it closely.
 */
export type Hint = 'out' | 'byline' | 'person' | 'trimmings' | 'body' | 'article' | null

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

const SKIPPED = words(`
  script style noscript template svg math iframe object embed applet audio video canvas map
  button select option datalist input textarea label meter progress dialog title head`)
const OUT_TAGS = words('nav footer aside menu')
const OUT_ROLES = words(`
  navigation complementary contentinfo search menu menubar toolbar dialog alertdialog alert tablist banner`)

const OUT = words(`
  comment comments commentlist disqus livere respond reply replies
  share sharing shares sharebar sharethis addthis addtoany social socials sns
  related relation relnews reco recom recommended recommendation recommendations recommend recirculation recirc readmore
  promo promos promotion promoted sponsor sponsored advert adverts advertisement advertising ad ads adsense adv banner
  sidebar rail nav navbar navigation menu menus breadcrumb breadcrumbs pagination pager paging paginate
  cookie cookies consent gdpr newsletter subscribe subscription signup login paywall regwall popup modal overlay lightbox
  footer toolbar ranking popular trending mostread outbrain taboola bookmark
  noprint screenreader hatnote editsection toc tooltip sitemap
  copyright disclaimer feedback survey donate donation poll
  reaction reactions empathy sympathy likes tts audioplayer aisummary membership blind`)
const BYLINE = words(`
  header masthead dateline timestamp date pubdate published posted meta
  metadata info tag tags tagged taxonomy category categories topics keywords kicker rating ratings
  utility print fontsize textsize credit credits
  email hashtag hashtags keyword`)
/** Neighbouring words that say it only together: what is read out, a summary by a machine. */
const OUT_PAIRS: ReadonlySet<string> = new Set([
  'sr only',
  'visually hidden',
  'screen reader',
  'ai summary',
  'summary ai',
])
const PERSON = words('byline author authors authorbox bio profile reporter reporters journalist writer writers')
const TRIMMINGS = words(`
  widget teaser teasers card cards latest more next previous prev prevnext carousel slider slideshow gallery tools
  extra bottom foot aside callout cta app follow followers links subscribe notice supplementary secondary`)
const BODY_PAIRS =
  /(?:article|entry|post|story|news|content|page|blog|view|main|text)(?:body|content|contents|text|txt|article|entry|copy|main)$/
const BODY_WORDS = words(
  'articlebody entrycontent postcontent storybody bodytext articletext articlecontent newsbody hentry',
)

/** Elements whose text is never shown or never prose. */
export function isSkipped(element: Element): boolean {
  const { name, attributes } = element
  if (SKIPPED.has(name)) return true
  if (attributes.hidden !== undefined || attributes['aria-hidden'] === 'true') return true
  const style = attributes.style
  return style !== undefined && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style)
}

/** What tag, role, class and id say; the stronger statement wins. */
export function hintOf(element: Element): Hint {
  const { name, attributes } = element
  if (name === 'body' || name === 'html') return null
  if (OUT_TAGS.has(name) || OUT_ROLES.has(attributes.role ?? '')) return 'out'
  if ((attributes.itemprop ?? '').toLowerCase() === 'articlebody') return 'body'
  const said = element.names
  if (said.some((word, i) => OUT.has(word) || OUT_PAIRS.has(`${word} ${said[i + 1] ?? ''}`))) return 'out'
  if (said.some((word) => PERSON.has(word))) return 'person'
  if (name === 'header' || said.some((word) => BYLINE.has(word))) return 'byline'
  if (said.some((word) => TRIMMINGS.has(word))) return 'trimmings'
  for (let i = 0; i < said.length; i++) {
    if (BODY_WORDS.has(said[i]!) || BODY_PAIRS.test(said[i]!)) return 'body'
    if (i > 0 && BODY_PAIRS.test(said[i - 1]! + said[i]!)) return 'body'
  }
  return name === 'article' || name === 'main' || attributes.role === 'main' ? 'article' : null
}
