// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

// The navigation is docs/README.md: a heading in bold, then a link a line; the appendices stand in one line.
const index = readFileSync(new URL('../../docs/README.md', import.meta.url), 'utf8')
const links = text => [...text.matchAll(/\[(.+?)\]\((.+?)\)/g)].map(([, title, target]) => ({
  text: title.replace(/`/g, '').replace(/^./, first => first.toUpperCase()),
  link: new URL(target, 'file:///docs/').href.replace('file://', '').replace(/(README)?\.md/, ''),
}))
const sidebar = [...index.matchAll(/^\*\*(.+)\*\*\n\n((?:- .*\n)+)/gm)].map(([, text, lines]) => ({ text, items: links(lines) }))
sidebar.push({ text: 'Appendices', collapsed: true, items: links(index.match(/^Appendices: .*/m)[0]) })

// README.md is a folder's index here. A link to a file that is no page is text: the project has no public address. Short code is marked, for tables.
const repositoryTokens = ({ tokens }) => {
  let file = false
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type === 'link_open') {
      token.attrSet('href', token.attrGet('href').replace(/(^|\/)README\.md/, '$1index.md'))
      file = !/^(https?:|#)|\.md(#|$)/.test(token.attrGet('href'))
    }
    if (file && token.type.startsWith('link_')) Object.assign(token, { type: 'text', content: '', nesting: 0 })
    if (token.type === 'code_inline' && token.content.length < 30) token.attrSet('class', 'short')
  }
}

// As code hosts name headings: the pages' links are written for these.
const slugify = heading => heading.trim().toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-')

export default defineConfig({
  title: 'rseq for the JVM',
  description: 'Per-CPU counters, histograms, pools and buffers for Java',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  base: process.env.SITE_BASE ?? '/',
  srcDir: '..',
  srcExclude: ['**/target/**'],
  outDir: '../target/site',
  cacheDir: '../target/site-cache',
  rewrites: id => id.replace(/(^|\/)README\.md$/, '$1index.md'),
  markdown: {
    anchor: { slugify },
    config: md => {
      md.core.ruler.push('repository_tokens', repositoryTokens)
      md.renderer.rules.code_block = md.renderer.rules.fence
    },
  },
  vite: {
    // The pages lie outside of this folder: nothing else leads from them to node_modules. The folder, as each side takes its own build of Vue.
    resolve: { alias: { vue: fileURLToPath(new URL('../node_modules/vue', import.meta.url)) } },
    build: { assetsInlineLimit: 0 },
  },
  themeConfig: {
    nav: [
      { text: 'Documents', link: '/docs/' },
      { text: 'Changes', link: '/CHANGELOG' },
      { text: 'Javadoc', link: '/javadoc/index.html', target: '_self' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
  },
})
