import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { comparablePath, pathPattern } from '../../../crawler/robots/path-pattern.ts'
import { askRobots, crawlDelay, parseRobots } from '../../../crawler/robots/robots.ts'

const site = 'https://example.org'

function allowed(file: string, path: string, token = 'malmoi'): boolean {
  return askRobots(parseRobots(file), token, new URL(path, site)).allowed
}

test('patterns match as RFC 9309 section 2.2.3 and the documented cases of large crawlers say', () => {
  const cases: readonly (readonly [pattern: string, matching: readonly string[], not: readonly string[]])[] = [
    ['/', ['/', '/any', '/any?x=1'], []],
    ['/*', ['/', '/any'], []],
    [
      '/fish',
      ['/fish', '/fish.html', '/fish/salmon', '/fishheads', '/fish?id=1'],
      ['/Fish.asp', '/catfish', '/desert/fish'],
    ],
    ['/fish*', ['/fish', '/fishheads', '/fish.php?id=2'], ['/Fish', '/catfish']],
    ['/fish/', ['/fish/', '/fish/?id=1', '/fish/salmon.htm'], ['/fish', '/fish.html', '/animals/fish/']],
    ['/*.php', ['/index.php', '/a/b.php', '/a.php?x', '/a.php5', '/windows.PHP/x.php'], ['/', '/windows.PHP']],
    ['/*.php$', ['/a.php', '/folder/a.php'], ['/a.php?x', '/a.php/', '/a.php5']],
    ['/fish*.php', ['/fish.php', '/fishheads/catfish.php?x'], ['/Fish.PHP']],
    ['/$', ['/'], ['/a', '/?x']],
    ['/a*b*c$', ['/abc', '/a-b-c', '/abcbc'], ['/abcd', '/acb']],
    ['/a*a$', ['/aa', '/aba'], ['/a']],
    ['/price$list', ['/price$list'], ['/price', '/pricelist']],
    ['/a%2Ab', ['/a*b'], ['/axb']],
    ['/%ed%95%9c', ['/한글', '/%ED%95%9C'], ['/a']],
    ['/한글', ['/%ED%95%9C%EA%B8%80/1'], ['/한']],
    ['/foo/bar%3Cbaz', ['/foo/bar%3cbaz'], ['/foo/bar']],
    ['/foo/bar%7Ebaz', ['/foo/bar~baz'], []],
    ['/foo/bar?qux=http://a.b', ['/foo/bar?qux=http%3A%2F%2Fa.b'], []],
    ['/a%2Fb', ['/a%2fb'], ['/a/b']],
    ['/search?', ['/search?', '/search?q=1'], ['/search', '/searching?']],
    ['*/private', ['/private', '/x/private/y'], ['/privat']],
  ]
  for (const [pattern, matching, not] of cases) {
    const compiled = pathPattern(pattern)
    for (const path of matching)
      assert.ok(compiled.matches(comparablePath(new URL(path, site))), `${pattern} ~ ${path}`)
    for (const path of not) assert.ok(!compiled.matches(comparablePath(new URL(path, site))), `${pattern} !~ ${path}`)
  }
})

test('a pattern matches as the regular expression it stands for', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '$'), maxLength: 8 })
  const paths = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 })
  fc.assert(
    fc.property(letters, paths, (rest, path) => {
      const pattern = `/${rest}`
      const body = pattern.replace(/\$$/, '').replaceAll('$', '\\$').replaceAll('*', '.*')
      const expected = new RegExp(`^${body}${pattern.endsWith('$') ? '$' : ''}`).test(`/${path}`)
      return pathPattern(pattern).matches({ comparable: `/${path}` }) === expected
    }),
  )
})

test('the longest matching rule decides, and allow wins a tie', () => {
  const cases: readonly (readonly [rules: string, path: string, allowed: boolean])[] = [
    ['Allow: /p\nDisallow: /', '/page', true],
    ['Disallow: /\nAllow: /p', '/page', true],
    ['Allow: /folder\nDisallow: /folder', '/folder/page', true],
    ['Allow: /page\nDisallow: /*.htm', '/page.htm', false],
    ['Allow: /$\nDisallow: /', '/', true],
    ['Allow: /$\nDisallow: /', '/page.htm', false],
    ['Allow: /example/page/\nDisallow: /example/page/disallowed.gif', '/example/page/disallowed.gif', false],
    ['Disallow:', '/page', true],
    ['Disallow: /x', '/page', true],
  ]
  for (const [rules, path, expected] of cases)
    assert.equal(allowed(`User-agent: *\n${rules}`, path), expected, `${rules} on ${path}`)
})

test('a crawler obeys the groups that name it, merged, and otherwise those of everyone', () => {
  const file = `
    User-agent: *
    Disallow: /everyone
    User-agent: MalMoi/2.0
    user-agent: other
    Disallow: /a   # not here
    User-agent: third
    Disallow: /third
    User-agent: malmoi
    Disallow: /b`
  assert.deepEqual(
    ['/everyone', '/a', '/b', '/third'].map((path) => allowed(file, path)),
    [true, false, false, true],
  )
  assert.deepEqual(
    ['/everyone', '/a', '/b'].map((path) => allowed(file, path, 'stranger')),
    [false, true, true],
  )
  assert.equal(allowed(file, '/a', 'malmoi-news'), true, 'a longer name is another crawler')
})

test('lines that are no rules do not end a group, and rules before any group count for nobody', () => {
  assert.equal(allowed('User-agent: malmoi\nCrawl-delay: 5\nSitemap: /s\n\nUser-agent: b\nDisallow: /', '/x'), false)
  assert.equal(allowed('Disallow: /\nUser-agent: b\nDisallow: /', '/x'), true)
})

test('a group that names the crawler without rules allows it everything', () => {
  assert.equal(allowed('User-agent: malmoi\nDisallow:\n\nUser-agent: *\nDisallow: /', '/x'), true)
})

test('byte order mark, any line ending, misspellings and stray spaces are read', () => {
  assert.equal(allowed('\ufeffUser-agent: *\r\nDisallow: /x', '/x'), false)
  assert.equal(allowed('User-agent: *\rDisallow: /x', '/x'), false)
  assert.equal(allowed('  useragent :  * \n dissalow : /x ', '/x'), false)
})

test('the answer names the line that decided', () => {
  const robots = parseRobots('User-agent: *\nDisallow: /private # keep out\nAllow: /private/open')
  assert.deepEqual(askRobots(robots, 'malmoi', new URL('/private/a', site)), {
    allowed: false,
    rule: 'Disallow: /private',
    line: 2,
  })
  assert.equal(askRobots(robots, 'malmoi', new URL('/private/open/1', site)).line, 3)
  assert.equal(askRobots(robots, 'malmoi', new URL('/', site)).rule, 'no matching rule')
})

test('robots.txt itself is always allowed', () => {
  assert.equal(allowed('User-agent: *\nDisallow: /', '/robots.txt'), true)
})

test('crawl-delay and sitemap lines are read', () => {
  const robots = parseRobots(
    'Sitemap: https://example.org/한.xml\nUser-agent: *\nCrawl-delay: 2.5\nUser-agent: malmoi\nCrawl-delay: x',
  )
  assert.equal(crawlDelay(robots, 'stranger'), 2500)
  assert.deepEqual(robots.sitemaps, ['https://example.org/한.xml'])
})

test('a pattern in EUC-KR octets matches the same octets in a URL', () => {
  const file = Buffer.concat([Buffer.from('User-agent: *\nDisallow: /'), Buffer.from([0xb0, 0xa1])])
  assert.equal(askRobots(parseRobots(file), 'malmoi', new URL('/%b0%a1', site)).allowed, false)
})

test('what lies behind 500 KiB is not read, and a rule cut in half there is none', () => {
  const filler = `User-agent: *\n${'#'.repeat(512_000 - 14 - 12)}\n`
  const file = `${filler}Disallow: /private/area\n`
  assert.equal(allowed(file, '/'), true)
  assert.equal(allowed(`User-agent: *\nDisallow: /x\n${'#\n'.repeat(300_000)}`, '/x'), false)
})

test('any text parses, and the answer is always one of the file or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.webPath(), (text, path) => {
      const answer = askRobots(parseRobots(`User-agent: *\n${text}`), 'malmoi', new URL(`${site}/${path}`))
      return answer.line !== null || answer.allowed
    }),
  )
})

test('robots.txt files of real sites parse into groups', (t) => {
  const archive = fileURLToPath(new URL('../../../../shared/data/html/robots_txt.tar.zst', import.meta.url))
  if (!existsSync(archive)) return t.skip(`no real robots.txt files: ${archive} is absent`)
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-robots-'))
  try {
    execFileSync('tar', ['--zstd', '-xf', archive, '-C', folder])
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name)))
    const parsed = texts.map(parseRobots)
    assert.ok(files.length > 200)
    for (const [index, robots] of parsed.entries())
      assert.equal(robots.groups.size > 0, /^\W*user-agent\s*:/im.test(String(texts[index])), files[index]?.name)
    assert.ok(parsed.some(({ sitemaps }) => sitemaps.length > 0))
    for (const robots of parsed) assert.ok(askRobots(robots, 'malmoi', new URL('/robots.txt', site)).allowed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
