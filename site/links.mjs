// SPDX-License-Identifier: Apache-2.0
// Follows each internal link of the site's HTML, pages and Javadoc: its file is there, and has the anchor. Says each that does not, and fails.
import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'

const site = resolve(process.argv[2])
const base = process.env.SITE_BASE ?? '/'
const files = new Set(readdirSync(site, { recursive: true }))
const html = new Map([...files].filter(file => file.endsWith('.html'))
  .map(file => [file, readFileSync(resolve(site, file), 'utf8').replace(/<script[^>]*>.*?<\/script>/gs, '')]))
const plain = text => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
const anchors = new Map([...html]
  .map(([file, text]) => [file, new Set([...text.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id]) => plain(id)))]))

let links = 0
let broken = 0
for (const [file, text] of html) {
  for (const [, link] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
    const url = new URL(plain(link), `file://${base}${file}`)
    if (url.protocol !== 'file:') continue
    links++
    const target = decodeURI(url.pathname).replace(/\/$/, '/index.html')
    const path = target.startsWith(base) ? target.slice(base.length) : target
    const anchor = decodeURIComponent(url.hash.slice(1))
    if (files.has(path) && (!anchor || anchors.get(path)?.has(anchor))) continue
    broken++
    console.error(`${file}: ${link}`)
  }
}
console.log(`${html.size} pages, ${links} internal links, ${broken} broken`)
process.exit(broken || links < 1000 ? 1 : 0)
