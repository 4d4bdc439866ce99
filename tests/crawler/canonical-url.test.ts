import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalUrl } from '../../crawler/canonical-url.ts'

test('spellings of one address have one canonical form', () => {
  const cases: readonly (readonly [address: string, canonical: string])[] = [
    ['HTTP://Example.ORG:80/a/../b/./c', 'http://example.org/b/c'],
    ['https://example.org:443', 'https://example.org/'],
    ['https://example.org:8443/', 'https://example.org:8443/'],
    ['https://example.org./', 'https://example.org/'],
    ['https://user:secret@example.org/', 'https://example.org/'],
    ['https://example.org/%7euser/%ed%95%9c', 'https://example.org/~user/%ED%95%9C'],
    ['https://example.org/한글 쪽', 'https://example.org/%ED%95%9C%EA%B8%80%20%EC%AA%BD'],
    ['https://example.org/100%', 'https://example.org/100%25'],
    ['https://한국.kr/', 'https://xn--3e0b707e.kr/'],
    ['https://example.org/a#part', 'https://example.org/a'],
    ['https://example.org/a?', 'https://example.org/a'],
    ['https://example.org/a?b=2&a=1', 'https://example.org/a?b=2&a=1'],
    ['https://example.org/a?utm_source=x&id=7&fbclid=y&UTM_Medium=z', 'https://example.org/a?id=7'],
    ['https://example.org/a?gclid=x', 'https://example.org/a'],
    ['https://example.org/a;jsessionid=0F1?id=7', 'https://example.org/a?id=7'],
    ['https://example.org/a?sid=a1b2c3d4e5f60718293a&id=7', 'https://example.org/a?id=7'],
    ['https://example.org/a?sid=101&id=7', 'https://example.org/a?sid=101&id=7'],
    ['https://example.org/(S(lit3py55t21z5v55vlm25s55))/a', 'https://example.org/a'],
    ['https://example.org/a?q=%b0%a1', 'https://example.org/a?q=%B0%A1'],
    ['https://example.org/a?q=a+b%20c', 'https://example.org/a?q=a+b%20c'],
    ['https://example.org//a//b', 'https://example.org//a//b'],
  ]
  for (const [address, canonical] of cases) assert.equal(canonicalUrl(address), canonical)
})

test('a relative address is taken from its base', () => {
  assert.equal(canonicalUrl('../c?x=1', 'https://example.org/a/b'), 'https://example.org/c?x=1')
})

test('what is no http or https address has no canonical form', () => {
  for (const address of ['mailto:a@b.kr', 'javascript:void(0)', 'ftp://example.org/', 'no url', 'http://', 'data:,x'])
    assert.equal(canonicalUrl(address), null, address)
})

test('the canonical form of a canonical form is itself, and is what URL asks for', () => {
  const part = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '%',
        '%2e',
        '%2F',
        '%7E',
        '.',
        '/',
        '..',
        ';',
        '?',
        '#',
        '&',
        '=',
        '한',
        "'",
        '"',
        '<',
        '^',
        '|',
        '\\',
        '[',
      ),
      fc.constantFrom(
        'utm_a',
        'fbclid',
        ';jsessionid=1',
        '%75tm_x',
        ' ',
        '\t',
        '+',
        '*',
        ':',
        '@',
        '\u{1f600}',
        '\ud800',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
    maxLength: 12,
  })
  fc.assert(
    fc.property(part, (rest) => {
      const once = canonicalUrl(`https://example.org/${rest}`)
      if (once === null) return true
      return canonicalUrl(once) === once && new URL(once).href === once
    }),
    { numRuns: 3000 },
  )
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ['http', 'https'] }),
      (url) => {
        const once = canonicalUrl(url)
        return once !== null && canonicalUrl(once) === once
      },
    ),
  )
})
