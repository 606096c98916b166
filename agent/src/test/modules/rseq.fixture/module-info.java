/* SPDX-License-Identifier: Apache-2.0 */
/** A named module that uses the API and exports nothing. */
module rseq.fixture {
    requires io.rseq;
}
