/*
 * Built and run when the tests are configured: ends with 0 where LeakSanitizer works at all. It needs ptrace, which some containers forbid.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
int main(void) {
    return 0;
}
