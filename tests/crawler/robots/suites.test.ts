/**
 * What the test suites of two widely used parsers claim about robots.txt: google/robotstxt (robots_test.cc,
 * reporting_robots_test.cc) and scrapy/protego (tests/), as cases of ours. Where the two disagree, or one claims what
 * RFC 9309 excludes, the RFC decides and a comment names the one that says otherwise.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparablePath, pathPattern } from '../../../crawler/robots/path-pattern.ts'
import { askRobots, crawlDelay, parseRobots } from '../../../crawler/robots/robots.ts'

const site = 'https://example.org'

/** Paths an agent may fetch, and paths it may not. */
interface Answers {
  readonly open?: readonly string[]
  readonly closed?: readonly string[]
}

/** Asks the file as each agent about each path. */
function check(file: string | Uint8Array, answers: Readonly<Record<string, Answers>>): void {
  const robots = parseRobots(file)
  for (const [token, { open = [], closed = [] }] of Object.entries(answers))
    for (const path of [...open, ...closed]) {
      const { allowed } = askRobots(robots, token, new URL(path, site))
      assert.equal(allowed, open.includes(path), `${token} on ${path} by\n${file}`)
    }
}

/** The same for the rules of one group. */
function checkRules(rules: string, answers: Answers): void {
  check(`User-agent: heron\n${rules}`, { heron: answers })
}

/** User-agent lines that name somebody, rules that hold a path, and sitemaps. */
function linesRead(file: string | Uint8Array): number {
  const { groups, sitemaps } = parseRobots(file)
  const rules = [...groups.values()].flat().flatMap((group) => group.rules)
  return groups.size + new Set(rules).size + sitemaps.length
}

function lineOf(file: string, path: string, token = 'heron'): number | null {
  return askRobots(parseRobots(file), token, new URL(path, site)).line
}

test('an empty file allows everything, and so does one that names others', () => {
  check('', { heron: { open: ['/'] }, '': { open: ['/'] }, '*': { open: ['/', '/index.html', '/closed'] } })
  check('User-agent: heron\nDisallow: /', { '': { open: ['/'] }, heron: { closed: ['/'] } })
})

test('a line is a name, a colon and a value; where the colon was forgotten it is read as if it stood there', () => {
  check('User-agent: heron\nDisallow: /', { heron: { closed: ['/x/y'] } })
  check('Colour: heron\nShape: /', { heron: { open: ['/x/y'] } })
  check('user-agent heron\ndisallow /', { heron: { closed: ['/x/y'] } })
  check('User-Agent Heron\nDisallow /closed\nAllow /closed/open', {
    heron: { open: ['/closed/open'], closed: ['/closed'] },
    wren: { open: ['/closed'] },
  })
  check('User-agent: *\nDisallow\t/closed', { heron: { closed: ['/closed'] } })
  // Protego takes `heron the grey` for one name; a product token holds no blank (section 2.2.1) and ends there.
  check('user-agent wren\ndisallow /\nuser agent heron the grey\ndisallow /lake', {
    wren: { closed: ['/x'] },
    heron: { open: ['/x'], closed: ['/lake'] },
  })
  assert.equal(crawlDelay(parseRobots('User-agent: heron\nCrawl-delay 5'), 'heron'), 5000)
})

test('prose with a colon is no line with a forgotten one', () => {
  check('User-agent: *\nDisallow: /closed\nUser-agent names end here: see below\nAllow: /closed/open', {
    heron: { open: ['/closed/open'], closed: ['/closed'] },
  })
  assert.deepEqual(parseRobots('Sitemap list: see https://example.org/map.xml').sitemaps, [])
})

test('a group is the user-agent lines and the rules up to the next such line, groups of one name are merged', () => {
  const file = `allow: /early/

user-agent: heron
disallow: /
allow: /x/
user-agent: wren
disallow: /
allow: /y/


allow: /w/
user-agent: stork

user-agent: heron
allow: /z/
disallow: /
`
  check(file, {
    heron: { open: ['/x/b', '/z/d'], closed: ['/y/c', '/early/'] },
    wren: { open: ['/y/c', '/w/a'], closed: ['/z/d', '/early/'] },
    stork: { open: ['/z/d'], closed: ['/early/'] },
  })
  check('User-Agent: heron\nUser-Agent: wren\nDisallow: /both\nUser-Agent: *\nDisallow: /rest', {
    heron: { open: ['/rest'], closed: ['/both'] },
    wren: { open: ['/rest'], closed: ['/both'] },
  })
})

test('lines that are no rules do not end a group', () => {
  for (const other of ['Sitemap: https://example.org/map.xml', 'Unheard-Of: line', 'Host: example.org'])
    check(`User-agent: heron\n${other}\nUser-agent: *\nDisallow: /`, {
      heron: { closed: ['/'] },
      wren: { closed: ['/'] },
    })
  const between = 'User-Agent: heron\nSitemap: https://example.org/map.xml\nUser-Agent: wren\nHost: example.org'
  const file = `${between}\nUser-Agent: stork\nDisallow: /closed`
  check(file, { heron: { closed: ['/closed'] }, wren: { closed: ['/closed'] }, stork: { closed: ['/closed'] } })
  assert.deepEqual(parseRobots(file).sitemaps, ['https://example.org/map.xml'])
  check('Host: example.org\nUser-Agent: *\nDisallow: /closed', { heron: { closed: ['/closed'] } })
  assert.deepEqual(parseRobots('Host: example.org\nSitemap: /map.xml').sitemaps, ['/map.xml'])
  // Protego ends a group at a line it does not know; section 2.2.4 says other records must not.
  check('User-agent: wren\nDisallow: /a/2/\nUser-agent: *\nUnheard_of: /b\nUser-agent: heron\nDisallow: /', {
    wren: { open: ['/a/2'] },
    stork: { closed: ['/b'] },
    heron: { closed: ['/b', '/a', '/a/2'] },
  })
})

test('a sitemap line leaves the end of a group where it was', () => {
  const file =
    'User-Agent: heron\nDisallow: /closed\nSitemap: https://example.org/map.xml\nUser-Agent: wren\nCrawl-delay: 5'
  check(file, { heron: { closed: ['/closed'] }, wren: { open: ['/closed'] } })
  assert.equal(crawlDelay(parseRobots(file), 'heron'), null)
  assert.equal(crawlDelay(parseRobots(file), 'wren'), 5000)
})

test('the names of lines are read in any case', () => {
  for (const [agent, allow, disallow] of [
    ['USER-AGENT', 'ALLOW', 'DISALLOW'],
    ['user-agent', 'allow', 'disallow'],
    ['uSeR-aGeNt', 'AlLoW', 'dIsAlLoW'],
  ])
    check(`${agent}: heron\n${allow}: /x/\n${disallow}: /`, { heron: { open: ['/x/y'], closed: ['/a/b'] } })
})

test('frequent misspellings of a line are read', () => {
  const spelled = ['Disallow', 'Dissallow', 'Dissalow', 'Disalow', 'Diasllow', 'Disallaw']
  const file = `User-agent: * \n${spelled.map((name, index) => `${name}: /part${index} \n`).join('')}`
  check(file, { heron: { closed: spelled.map((_, index) => `/part${index}`) } })
})

test('only a product token finds the group of its name', () => {
  for (const token of ['Heron', 'Heron-Grey', 'Heron_Grey'])
    check(`User-agent: ${token}\nDisallow: /`, { [token]: { closed: ['/'] } })
  for (const other of ['', 'ツ', 'Heron*', ' Heron ', 'Heron/2.1', 'Heron Grey'])
    check(`User-agent: ${other}\nDisallow: /`, { [other]: { open: ['/'] } })
})

test('names are compared in any case', () => {
  for (const name of ['HERON GREY', 'heron grey', 'HeRoN gReY'])
    for (const token of ['Heron', 'heron'])
      check(`User-Agent: ${name}\nAllow: /x/\nDisallow: /`, { [token]: { open: ['/x/y'], closed: ['/a/b'] } })
  for (const token of ['HERon', 'heron', 'hERoN'])
    check('User-Agent: heron\nDisallow: /heron\n\nUser-Agent: *\nDisallow: /rest', {
      [token]: { open: ['/rest'], closed: ['/heron'] },
    })
})

test('a name ends at the first character no product token holds', () => {
  check('User-Agent: *\nDisallow: /\nUser-Agent: Heron Grey\nAllow: /x/\nDisallow: /', {
    Heron: { open: ['/x/y'] },
    'Heron Grey': { closed: ['/x/y'] },
  })
  // Protego drops the star and names `herongrey`; a token holds no star (section 2.2.1), and the name ends there.
  check('User-agent: heron*grey\nDisallow: /closed', {
    heron: { closed: ['/closed'] },
    herongrey: { open: ['/closed'] },
  })
})

test('whom no group names obeys the group of everyone, and nothing where there is none', () => {
  check('', { heron: { open: ['/x/y'] } })
  check('user-agent: *\nallow: /\nuser-agent: heron\ndisallow: /', {
    heron: { closed: ['/x/y'] },
    wren: { open: ['/x/y'] },
  })
  check('user-agent: heron\nallow: /\nuser-agent: wren\ndisallow: /\nuser-agent: stork\ndisallow: /', {
    crane: { open: ['/x/y'] },
  })
  check('User-Agent: wren\nDisallow: /w\n\nUser-Agent: *\nDisallow: /rest\n\nUser-Agent: stork\nDisallow: /s', {
    crane: { closed: ['/rest'] },
    wren: { open: ['/rest'] },
    stork: { open: ['/rest'] },
  })
  check('User-agent: *\nDisallow:    /\n\nUser-agent: heron\nDisallow:', {
    heron: { open: ['/', '/page.html'] },
    wren: { closed: ['/', '/page'] },
  })
  check('User-agent: *\nDisallow: /x/\nUser-agent: heron\nDisallow: /y/', {
    heron: { open: ['/x/page'], closed: ['/y/page'] },
  })
})

test('a group is found by the whole name', () => {
  const file = `user-agent: heron-news
disallow: /
allow: /news
user-agent: *
disallow: /
allow: /rest
user-agent: heron
disallow: /
allow: /heron`
  // Protego looks for the name within the crawler's, and gives heron-new and heron-images the group heron, heron-news2
  // the group heron-news; section 2.2.1 matches the token, and a digit is no part of one.
  check(file, {
    'heron-news': { open: ['/news'], closed: ['/rest', '/heron'] },
    heron: { open: ['/heron'], closed: ['/news', '/rest'] },
  })
  for (const token of ['heron-news2', 'hero', 'a', 'heron-new', 'heron-images'])
    check(file, { [token]: { open: ['/rest'], closed: ['/news', '/heron'] } })
})

test('letters no product token has do not name anybody', () => {
  const file = 'User-Agent: *\nDisallow: /admin/\nDisallow: /static/\nUser-Agent: ÜberHeron\nDisallow: /some/page.html'
  // Protego matches any letters; a token is of ASCII letters, - and _ (section 2.2.1), so both obey everyone's group.
  for (const token of ['*', 'ÜberHeron'])
    check(file, { [token]: { open: ['/', '/some/page.html'], closed: ['/admin/', '/static/'] } })
  check('User-Agent: Grüner-Heron\nDisallow: /\n\nUser-Agent: Ябот\nDisallow: /closed/', {
    'grüner-wren': { open: ['/foo/bar.html'] },
    'grüner-heron': { open: ['/foo/bar.html'] },
    heron: { open: ['/'] },
    'Mozilla/5.0 (compatible; Ябот/1.1)': { open: ['/', '/closed/foo.htm'] },
  })
})

test('an empty user-agent line begins a group of nobody, and joins one it stands in', () => {
  for (const empty of ['User-Agent:', 'user agent']) {
    check(`User-Agent: heron\nDisallow: /x\n${empty}\nUser-Agent: wren\nDisallow: /y`, {
      heron: { open: ['/y'], closed: ['/x'] },
      wren: { open: ['/x'], closed: ['/y'] },
    })
    check(`User-Agent: heron\nDisallow: /x\n${empty}\nDisallow: /y`, { heron: { open: ['/y'], closed: ['/x'] } })
    check(`User-Agent: heron\n${empty}\nUser-Agent: wren\nDisallow: /x`, {
      heron: { closed: ['/x'] },
      wren: { closed: ['/x'] },
    })
  }
})

test('rules before the first user-agent line, and their delay, count for nobody', () => {
  const file =
    'Disallow: /early\nAllow: /early/open\nCrawl-delay: 5.2\nUser-Agent: heron\nDisallow: /late\nSitemap: /map.xml'
  check(file, {
    wren: { open: ['/early', '/late'] },
    heron: { open: ['/early'], closed: ['/late'] },
    '*': { open: ['/early'] },
  })
  for (const token of ['heron', '*']) assert.equal(crawlDelay(parseRobots(file), token), null)
})

test('paths are compared with case', () => {
  checkRules('Disallow: /x/', { closed: ['/x/y'] })
  checkRules('Disallow: /X/', { open: ['/x/y'] })
})

test('the longest match wins whatever the order, and allow wins a tie', () => {
  const page = '/x/page.html'
  checkRules('Disallow: / \nAllow: /page', { open: ['/page'], closed: ['/elsewhere'] })
  checkRules('Disallow: /closed \nAllow: /open \nCrawl-delay: 10', { open: ['/open'], closed: ['/closed'] })
  checkRules('Disallow: /c \nCrawl-delay: 10', { open: ['/abc/c'], closed: ['/closed'] })
  checkRules('disallow: /x/page.html\nallow: /x/', { closed: [page] })
  checkRules('allow: /x/page.html\ndisallow: /x/', { open: [page], closed: ['/x/'] })
  checkRules('disallow: \nallow: ', { open: [page] })
  checkRules('disallow: /\nallow: /', { open: [page] })
  checkRules('disallow: /x\nallow: /x/', { open: ['/x/'], closed: ['/x'] })
  checkRules('disallow: /x/page.html\nallow: /x/page.html', { open: [page] })
  checkRules('allow: /page\ndisallow: /*.html', { open: ['/page'], closed: ['/page.html'] })
  checkRules('allow: /x/page.\ndisallow: /*.html', { open: [page], closed: ['/x/y.html'] })
  checkRules('allow: /p\ndisallow: /', { open: ['/page'] })
  checkRules('allow: /p \n disallow: /', { open: ['/page'] })
  checkRules('allow: /folder\ndisallow: /folder', { open: ['/folder/page'] })
  checkRules('disallow: /folder\nallow: /folder', { open: ['/folder/page'] })
  checkRules('allow: /page\ndisallow: /*.htm', { closed: ['/page.htm'] })
  checkRules('allow: /$\ndisallow: /', { open: ['/'], closed: ['/page.htm', '/page.html'] })
  checkRules('allow: */p\ndisallow: /', { open: ['/page'] })
  checkRules('allow: /page\ndisallow: */*.htm', { closed: ['/page.htm'] })
})

test('a pattern matches the beginning of path and query, a star any octets, a last dollar the end', () => {
  const patterns: readonly (readonly [pattern: string, matching: readonly string[], not: readonly string[]])[] = [
    ['/', ['/heron', '/pond/reed', '/nest.html'], []],
    ['/*', ['/heron', '/pond/reed', '/nest.html'], []],
    [
      '/fish',
      ['/fish', '/fish.html', '/fish/salmon.html', '/fishheads', '/fishheads/soup.html', '/fish.html?id=any'],
      ['/bar', '/Fish.asp', '/catfish', '/?id=fish'],
    ],
    [
      '/fish*',
      ['/fish', '/fish.html', '/fish/salmon.html', '/fishheads', '/fishheads/soup.html', '/fish.html?id=any'],
      ['/bar', '/Fish.bar', '/Fish.asp', '/catfish', '/?id=fish'],
    ],
    [
      '/fish/',
      ['/fish/', '/fish/salmon', '/fish/?salmon', '/fish/salmon.html', '/fish/salmon.htm', '/fish/?id=any'],
      ['/bar', '/fish', '/fish.html', '/Fish/Salmon.html', '/Fish/Salmon.asp'],
    ],
    [
      '/*.php',
      ['/f.php', '/folder/f.php', '/folder/f.php?x', '/folder/any.php.f.html', '/f.php/', '/index?f=f.php/'],
      ['/bar', '/', '/php/', '/index?php', '/f.PHP'],
    ],
    ['/*.php', [`${site}//folder/any.php.f.html`], [`${site}//f.PHP`]],
    [
      '/*.php$',
      ['/f.php', '/folder/f.php'],
      ['/bar', '/f.php?x', '/f.php/', '/f.php5', '/php/', '/f?php', '/aaaphpaaa', '/f.PHP', `${site}//f.PHP`],
    ],
    ['/fish*.php', ['/fish.php', '/fishheads/catfish.php?x'], ['/bar', '/Fish.PHP']],
  ]
  for (const [pattern, matching, not] of patterns) {
    checkRules(`disallow: ${pattern}`, { open: not, closed: matching })
    // Where the pattern is as short as `/`, the two rules tie.
    if (pattern !== '/') checkRules(`disallow: /\nallow: ${pattern}`, { open: matching, closed: not })
  }
})

test('stars may stand anywhere in a pattern', () => {
  checkRules('Disallow: /closed/*/end$\nDisallow: /heron*nest', {
    open: ['/closed', '/closed/xyz/ending', '/eron_has_nest', '/heron_has_nes'],
    closed: ['/closed/xyz/end', '/closed/abc/end', '/heronnests', '/heron_nests', '/heron/nests', '/heron_has_nest'],
  })
  checkRules('Allow: /*open\nDisallow: /', { open: ['/open', '/is_still_open', '/is_open_too'] })
  checkRules('Disallow:  /foo*', { open: ['/fo.html'], closed: ['/foo.html', '/food', '/foo/bar.html'] })
  checkRules('Disallow:  /foo*/bar.html', {
    open: ['/fo.html', '/food/xyz.html'],
    closed: ['/foo/bar.html', '/food/bar.html', '/foo/a/b/c/x/y/z/bar.html'],
  })
  checkRules('Disallow:  *m', {
    open: ['/foo', '/foo/bar.txt'],
    closed: ['/foo.htm', '/foo.html', '/foom', '/moo', '/foo/bar.html'],
  })
  checkRules('Allow:  /foo/bar.html\nDisallow: *', {
    open: ['/foo/bar.html'],
    closed: ['/fo.html', '/foo.html', '/foo', '/foo/bar.txt'],
  })
  checkRules('Disallow:  /foo*/*bar.html', {
    open: ['/food/rebarf.html'],
    closed: ['/foo/bar.html', '/food/rebar.html', '/foo/a/b/c/rebar.html', '/foo/a/b/c/bar.html'],
  })
  checkRules('Allow:  /foo$\nDisallow:  /foo', { open: ['/foo'], closed: ['/foo/', '/foo/bar.html', '/fooey'] })
  checkRules('Allow: *****************/****.js', { open: ['xyz/foo.js', '/life/daily/fashion-20260727/'] })
  checkRules('Disallow: /admin/\nDisallow: /private/\nDisallow: /*.pdf\nDisallow: /tmp$', {
    open: ['/docs/manual.txt', '/tmp/file'],
    closed: ['/docs/manual.pdf', '/tmp', '/admin/index.html'],
  })
  checkRules('Disallow: /*s=', { open: ['/', '/s/'], closed: ['/?s=asd'] })
})

test('star and dollar have their meaning, and a number sign begins a comment', () => {
  checkRules('Disallow: /foo/bar/quz\nAllow: /foo/*/qux', {
    open: ['/foo/quz', '/foo//quz', '/foo/bax/quz'],
    closed: ['/foo/bar/quz'],
  })
  checkRules('Disallow: /foo/bar$\nAllow: /foo/bar/qux', {
    open: ['/foo/bar/qux', '/foo/bar/', '/foo/bar/baz'],
    closed: ['/foo/bar'],
  })
  checkRules('# Disallow: /\nDisallow: /foo/quz#qux\nAllow: /', { open: ['/foo/bar'], closed: ['/foo/quz'] })
  const file = `
    # one
    User-Agent: heron # two
    # three
    User-Agent: wren
    Disallow: /both
    # Disallow: /commented
    # four
    User-Agent: *
    Disallow: /rest`
  for (const token of ['heron', 'wren']) check(file, { [token]: { open: ['/commented', '/rest'], closed: ['/both'] } })
})

test('a dollar that is not last is a dollar', () => {
  checkRules('disallow: /x$/abc\ndisallow: /y/abc$\ndisallow: /x*x$/abc\ndisallow: /y*y/abc$', {
    open: ['/y/abcdef', '/yabcy/abcdef'],
    closed: ['/x$/abcdef', '/x%24/abcdef', '/y/abc', '/xabcx$/abcdef', '/xabcx%24/abcdef', '/yabcy/abc'],
  })
})

test('an escaped star or dollar is that character', () => {
  checkRules('disallow: /x/abc%24\ndisallow: /x%2Ax/abc', {
    open: ['/x/abc', '/xabcx/abc'],
    closed: ['/x/abc$abc', '/x/abc$', '/x*x/abc', '/x*x/abcdef'],
  })
  // Protego lets a last dollar also be the character; section 2.2.3 has it escaped for that.
  checkRules('disallow: /x/abc$\ndisallow: /x*x/abc', { open: ['/x/abc$', '/x/abc%24'], closed: ['/x*x/abc'] })
})

test('who allows index.html allows its directory, exactly', () => {
  check('User-Agent: *\nAllow: /open/index.html\nDisallow: /', {
    heron: { open: ['/open/', '/open/index.html'], closed: ['/open/index.htm', '/other', '/open/$budget'] },
  })
})

test('octets are compared in one spelling', () => {
  checkRules('Disallow: /\nAllow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par', {
    open: ['/foo/bar?qux=taz&baz=http://foo.bar?tar&par'],
  })
  // Google's matcher leaves it to its caller to escape the URL; a `URL` is escaped.
  for (const rule of ['/foo/bar/ツ', '/foo/bar/%E3%83%84'])
    checkRules(`Disallow: /\nAllow: ${rule}`, { open: ['/foo/bar/%E3%83%84', '/foo/bar/ツ'] })
  // Google compares the octets as written; section 2.2.2 unescapes what is unreserved (its table's last line).
  checkRules('Disallow: /\nAllow: /foo/bar/%62%61%7A', { open: ['/foo/bar/baz', '/foo/bar/%62%61%7A'] })
  for (const rule of ['/a%3cd.html', '/a%3c*', '/a<d.html', '/a<*'])
    checkRules(`Disallow: / \nAllow: ${rule}`, { open: ['/a<d.html', '/a%3cd.html'] })
  check('User-Agent: *\nDisallow: /wiki/K%C3%A4ytt%C3%A4j%C3%A4:\nDisallow: /wiki/Keskustelu_käyttäjästä:', {
    heron: {
      closed: [
        '/wiki/K%C3%A4ytt%C3%A4j%C3%A4:',
        '/wiki/Käyttäjä:',
        '/wiki/Keskustelu_k%C3%A4ytt%C3%A4j%C3%A4st%C3%A4:',
        '/wiki/Keskustelu_käyttäjästä:',
      ],
    },
  })
  check('User-Agent: *\nDisallow: /wiki/Käyttäjä:', { heron: { closed: ['/wiki/K%C3%A4ytt%C3%A4j%C3%A4:'] } })
  checkRules('Allow: /*/filter/page=*/$\nDisallow: /', {
    open: ['/1/filter/page=5/', '/1/filter/page%3D5/'],
    closed: ['/1/filter/page=5/x'],
  })
})

test('a query is compared in one spelling too, a fragment not at all', () => {
  checkRules('Disallow: /en-uk/*q=*relevance*', {
    open: ['/en-uk/c/4018?q=:price'],
    closed: ['/en-uk/c/4018?q=%3Arelevance%3Atype%3AFood', '/en-uk/c/4018?q=:relevance'],
  })
  checkRules('Disallow: /\nAllow: /foo?bar=ツ', { open: ['/foo?bar=ツ', '/foo?bar=%E3%83%84', '/foo?bar=%e3%83%84'] })
  checkRules('Disallow: /foo;a=b?c=d$', { closed: ['/foo;a=b?c=d', '/foo;a=b?c=d#e'] })
})

test('path, parameters and query of a URL are matched, whatever its host, scheme, port and user', () => {
  checkRules('Disallow: /path;params?query ', { closed: ['http://user@example.com:10/path;params?query#fragment'] })
  checkRules('Disallow: /? ', { open: ['/'], closed: ['/?query'] })
  checkRules('Disallow: /; ', { open: ['/'], closed: ['/;params'] })
  checkRules('Disallow: /', { closed: ['http://example.com/', 'http://example.com'] })
  checkRules('Disallow: //folder/*', {
    open: [
      'http://example.com/',
      'http://example.com/folder',
      'http://example.com/folder/',
      'http://example.com/folder/page',
      'http://example.com//folder',
    ],
    closed: ['http://example.com//folder/page'],
  })
  const urls: readonly (readonly [url: string, path: string])[] = [
    ['http://www.example.com', '/'],
    ['http://www.example.com/', '/'],
    ['http://www.example.com/a', '/a'],
    ['http://www.example.com/a/', '/a/'],
    ['http://www.example.com/a/b?c=http://d.e/', '/a/b?c=http://d.e/'],
    ['http://www.example.com/a/b?c=d&e=f#fragment', '/a/b?c=d&e=f'],
    ['http://a/b', '/b'],
    ['http://example.com?a', '/?a'],
    ['http://example.com/a;b#c', '/a;b'],
    ['/a', '/a'],
    ['//a/b/c', '/b/c'],
    ['https://example.com//a', '//a'],
    ['https://example.com/a b', '/a%20b'],
  ]
  for (const [url, path] of urls) assert.equal(comparablePath(new URL(url, site)).comparable, path, url)
})

test('a pattern is escaped as paths are', () => {
  const spelled: readonly (readonly [pattern: string, path: string])[] = [
    ['http://www.example.com', 'http://www.example.com'],
    ['/a/b/c', '/a/b/c'],
    ['á', '%C3%A1'],
    ['%aa', '%AA'],
  ]
  for (const [pattern, path] of spelled) {
    assert.ok(pathPattern(pattern).matches({ comparable: path }), pattern)
    assert.equal(pathPattern(pattern).length, path.length, pattern)
  }
  const same: readonly (readonly [rule: string, path: string])[] = [
    ['/a/b', '/a/b'],
    ['/a=b', '/a=b'],
    ['/path', '//host/path'],
    ['//host/path', `${site}//host/path`],
    ['/a%2fb', '/a%2Fb'],
    ['/a?b', '/a?b'],
    ['/a;b', '/a%3Bb'],
    ['/a%3Bb', '/a;b'],
    ['/a:b', '/a%3Ab'],
    ['/a%3Ab', '/a:b'],
    ['/a b', '/a%20b'],
    ['/a%20b', '/a b'],
    ['/á', '/%C3%A1'],
    ['/a*b', '/a-b'],
    ['/a%2Ab', '/a*b'],
    ['/a$b', '/a%24b'],
    ['/a%24', '/a$'],
  ]
  for (const [rule, path] of same) checkRules(`Disallow: ${rule}`, { closed: [path] })
})

test('every ASCII character matches its escape, those without a meaning of their own also written plainly', () => {
  for (let code = 0; code < 128; code += 1) {
    const escaped = `%${code.toString(16).padStart(2, '0')}`
    checkRules(`Disallow: /x${escaped}y`, { closed: [`/x${escaped.toUpperCase()}y`] })
    if ('\n\r#$%*/?'.includes(String.fromCharCode(code))) continue
    checkRules(`Disallow: /x${String.fromCharCode(code)}y`, { closed: [`/x${escaped}y`] })
  }
})

test('what is no escape stays as written, and octets that are no UTF-8 stay octets', () => {
  for (const bad of ['/%xab', '/%x', '/%']) checkRules(`Disallow: ${bad}`, { open: ['/x'], closed: [bad] })
  checkRules('Disallow: /ab%63d', { closed: ['/abcd'] })
  checkRules('Disallow: /with+plus', { open: ['/with%20plus'], closed: ['/with+plus'] })
  checkRules('Disallow: /br%C3%BCckner.doc', { closed: ['/brückner.doc'] })
  checkRules('Disallow: /%E6%BC%A2%E5%AD%97', { closed: ['/漢字'] })
  checkRules('Disallow: /漢%C3%BC', { closed: ['/漢ü'] })
  // Protego reads them as U+FFFD, or drops them; section 2.2.2 compares octets.
  checkRules('Disallow: /%F3%B1', { open: ['/\ufffd', '/'], closed: ['/%f3%b1'] })
  checkRules('Disallow: /%2fabc%7exyz', { closed: ['/%2Fabc%7Exyz'] })
})

test('a value that is no path is a rule that matches nothing', () => {
  checkRules('Disallow: ftp://example.org', { open: ['/path'] })
  checkRules('Allow: ftp://example.org\nDisallow: /', { closed: ['/path'] })
  // Protego puts a slash before `http:`; a rule whose value begins without one has no path (section 2.2).
  checkRules('Disallow: http://example.org/', { open: ['/', '/http://example.org/'] })
})

test('rules without a path, groups without rules, and lines without a meaning change nothing', () => {
  check('User-Agent: heron\nDisallow:\n\nUser-Agent: wren\nAllow:', {
    heron: { open: ['/one', '/two'] },
    wren: { open: ['/one', '/two'] },
  })
  check('User-Agent: wren\nDisallow: /\nUser-Agent: heron', { heron: { open: ['/one', '/two'] } })
  for (const other of ['Unheard: of', 'Unheard of', ':', ': foo'])
    check(`User-Agent: heron\nDisallow: /x\n${other}\nUser-Agent: wren\nDisallow: /y`, {
      heron: { open: ['/y'], closed: ['/x'] },
      wren: { open: ['/x'], closed: ['/y'] },
    })
})

test('the examples of the first robots.txt papers (1994, 1996) hold', () => {
  const first = `# for http://www.example.com/
    User-agent: *
    Disallow: /cyberworld/map/ # endless
    Disallow: /tmp/ # gone soon
    Disallow: /foo.html`
  check(first, {
    heron: {
      open: ['/', '/foo.htm', '/foo.shtml', '/cyberworld/index.html'],
      closed: [
        '/foo.html',
        '/foo.htmlx',
        '/tmp/foo.html',
        'http://example.com/foo.html',
        'http://www.example.com/foo.html',
        'https://www.example.org/foo.html',
        'http://www.example.org/foo.html',
        'ftp://example.net/foo.html',
      ],
    },
  })
  const second: readonly (readonly [allow: string, answers: Answers])[] = [
    ['/tmp', { open: ['/tmp.html', '/tmp', '/tmp/a.html'] }],
    ['/tmp/', { open: ['/tmp/', '/tmp/a.html'], closed: ['/tmp'] }],
    ['/a%3cd.html', { open: ['/a%3cd.html', '/a%3Cd.html'] }],
    ['/a%3Cd.html', { open: ['/a%3cd.html', '/a%3Cd.html'] }],
    ['/a%2fb.html', { open: ['/a%2fb.html'], closed: ['/a/b.html'] }],
    ['/a/b.html', { open: ['/a/b.html'], closed: ['/a%2fb.html'] }],
    ['/%7ejoe/index.html', { open: ['/~joe/index.html'] }],
    ['/~joe/index.html', { open: ['/%7Ejoe/index.html'] }],
  ]
  for (const [allow, answers] of second) checkRules(`Allow: ${allow}\nDisallow: /`, answers)
  const third = `# comments to the owner
    User-agent: wren
    Disallow: /

    User-agent: stork
    User-agent: crane
    Disallow:

    User-agent: *
    Disallow: /org/plans.html
    Allow: /org/
    Allow: /serv
    Allow: /~mak
    Disallow: /`
  const open = ['/server.html', '/services/fast.html', '/services/slow.html', '/org/about.html', '/%7Emak/mak.html']
  const closed = ['/', '/index.html', '/orgo.gif', '/org/plans.html', '/%7Ejim/jim.html']
  const all = [...open, ...closed]
  check(third, { wren: { closed: all }, stork: { open: all }, crane: { open: all }, heron: { open, closed } })
})

test('robots.txt itself is allowed, its name elsewhere not', () => {
  check('User-agent: *\nDisallow: /', {
    heron: {
      open: ['/robots.txt', 'http://www.example.com/robots.txt'],
      closed: ['http://www.example.com/a/robots.txt'],
    },
  })
})

test('lines end in LF, CR LF or CR, and are counted so', () => {
  const lines = ['User-Agent: heron', 'Allow: /some/path', 'User-Agent: wren', '', '', 'Disallow: /']
  const [one, two, three, four, five, six] = lines
  const files = [
    `${lines.join('\n')}\n`,
    `${lines.join('\r\n')}\r\n`,
    `${lines.join('\r')}\r`,
    lines.join('\n'),
    `${one}\n${two}\r\n${three}\n${four}\r\n${five}\n${six}`,
  ]
  for (const file of files) {
    assert.equal(linesRead(file), 4)
    assert.equal(lineOf(file, '/some/path/', 'heron'), 2)
    assert.equal(lineOf(file, '/some/path/', 'wren'), 6)
    check(file, { heron: { open: ['/some/path/'] }, wren: { closed: ['/some/path/'] } })
  }
})

test('each line is read or left out by itself, and the answer names its number', () => {
  const file = `User-Agent: heron
Allow: /some/path
User-Agent wren # no colon
a line of prose
#a comment

gnus: /gone
noarchive: /some
Disallow: /
Error #and comment
useragent: stork
disallaw: /some
site-map: https://example.org/s.xml #comment
sitemap: https://example.org/t.xml
Noarchive: /Some
`
  assert.equal(linesRead(file), 8)
  assert.deepEqual(parseRobots(file).sitemaps, ['https://example.org/s.xml', 'https://example.org/t.xml'])
  assert.equal(lineOf(file, '/some/path', 'heron'), 2)
  assert.equal(lineOf(file, '/gone', 'heron'), null)
  assert.equal(lineOf(file, '/gone', 'wren'), 9)
  assert.equal(lineOf(file, '/some', 'stork'), 12)
  assert.equal(lineOf(file, '/Some', 'stork'), null)
})

test('a long line is read whole, and the next one after it', () => {
  const long = `/x/${'a'.repeat(2083 * 8)}`
  // Google cuts a line at 16 664 octets and matches what is left; RFC 9309 limits the file alone (section 2.5).
  checkRules(`disallow: ${long}/qux`, { open: ['/fux', `${long}/fux`], closed: [`${long}/qux`] })
  const other = long.replaceAll('a', 'b')
  checkRules(`disallow: /\nallow: ${long}/qux\nallow: ${other}/qux`, {
    open: [`${long}/qux`, `${other}/qux`],
    closed: ['/', `${other}/fux`],
  })
  const file = `user-agent: heron\ndisallow: ${long}\nallow: /`
  assert.equal(linesRead(file), 3)
  assert.equal(lineOf(file, long), 2)
  assert.equal(lineOf(file, '/'), 3)
})

test('a byte order mark, whole or begun, is skipped at the beginning and nowhere else', () => {
  const file = (mark: readonly number[]) =>
    Buffer.concat([Buffer.from(mark), Buffer.from('User-Agent: heron\nDisallow: /any\n')])
  for (const mark of [[0xef, 0xbb, 0xbf], [0xef, 0xbb], [0xef]]) {
    assert.equal(linesRead(file(mark)), 2)
    check(file(mark), { heron: { closed: ['/any'] } })
  }
  check(file([0xef, 0x11, 0xbf]), { heron: { open: ['/any'] } })
  const middle = 'User-Agent: heron\n\ufeffDisallow: /any\n'
  assert.equal(linesRead(middle), 1)
  check(middle, { heron: { open: ['/any'] } })
})

test('sitemap lines may stand anywhere, and belong to no group', () => {
  const group = 'User-Agent: heron\nAllow: /some/path\nUser-Agent: wren\n\n\n'
  const map = 'http://example.org/map.xml'
  for (const file of [`${group}Sitemap: ${map}\n`, `Sitemap: ${map}\n${group}`, `User-agent: *\nSitemap ${map}`])
    assert.deepEqual(parseRobots(file).sitemaps, [map], file)
  check(`User-agent: *\nDisallow: /closed\nSitemap ${map}`, { heron: { closed: ['/closed'] } })
  const two = `User-agent: * \nDisallow: /x \nAllow: /y \nSitemap: ${map} \nAllow: /z \nUser-agent: heron \nSitemap: ${map}2`
  assert.deepEqual(parseRobots(two).sitemaps, [map, `${map}2`])
  assert.deepEqual(parseRobots('User-agent: * \nDisallow: /x \nAllow: /y \nCrawl-delay: 10').sitemaps, [])
})

test('a crawl delay is that of the group, and what is no delay is none', () => {
  const everyone = 'User-agent: * \nDisallow: /x \nAllow: /y \n'
  for (const seconds of [0, 10, 15]) {
    const robots = parseRobots(`${everyone}Crawl-delay: 10 \nUser-agent: heron\nCrawl-delay: ${seconds}\n`)
    assert.equal(crawlDelay(robots, '*'), 10_000)
    assert.equal(crawlDelay(robots, 'heron'), seconds * 1000)
  }
  for (const value of ['soon', '-5', '-0.5', 'inf', '-inf', 'nan'])
    assert.equal(crawlDelay(parseRobots(`${everyone}Crawl-delay: ${value}`), '*'), null, value)
  assert.equal(crawlDelay(parseRobots(everyone), '*'), null)
  const own = parseRobots('User-agent: *\nCrawl-delay: 10\n\nUser-agent: heron\nCrawl-delay: 5')
  assert.deepEqual([crawlDelay(own, '*'), crawlDelay(own, 'heron')], [10_000, 5000])
})

test('bytes and text of a file are read alike', () => {
  const file = 'User-Agent: heron\nDisallow: /something'
  check(file, { heron: { closed: ['/something'] } })
  check(new TextEncoder().encode(file), { heron: { closed: ['/something'] } })
})

test('a path that ends in the octet A0 keeps it', () => {
  checkRules('Disallow: /갠', { open: ['/갟'], closed: ['/갠'] })
})

test('neither stars, blanks nor many names make a file slow to read or to ask', () => {
  const start = performance.now()
  checkRules(`Disallow: /a/${'*a'.repeat(32)}b`, { open: [`/a/${'a'.repeat(32)}c`] })
  checkRules(`a${' '.repeat(400_000)}b`, { open: ['/'] })
  const name = (index: number) => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
  const names = Array.from({ length: 15_000 }, (_, index) => `useragent:${name(index)}`)
  for (const line of ['disallow:/x', 'crawldelay:1'])
    check(`${names.join('\n')}\n${`${line}\n`.repeat(20_000)}disallow: /x`, { [name(14_999)]: { closed: ['/x'] } })
  const passed = performance.now() - start
  assert.ok(passed < 2000, `${passed} ms`)
})
