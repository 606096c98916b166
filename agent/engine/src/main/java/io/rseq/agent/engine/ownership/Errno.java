/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

/** Names of the error numbers that rseq(2) and our own rules give (Linux, x86-64 and aarch64 alike). */
final class Errno {
    private Errno() {}

    static String name(int error) {
        switch (error) {
            case 1:
                return "EPERM";
            case 12:
                return "ENOMEM";
            case 14:
                return "EFAULT";
            case 16:
                return "EBUSY";
            case 19:
                return "ENODEV";
            case 22:
                return "EINVAL";
            case 38:
                return "ENOSYS";
            case 75:
                return "EOVERFLOW";
            default:
                return Integer.toString(error);
        }
    }
}
