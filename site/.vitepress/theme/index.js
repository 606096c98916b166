// SPDX-License-Identifier: Apache-2.0
import DefaultTheme from 'vitepress/theme'
import './tables-and-charts.css'

export default DefaultTheme
