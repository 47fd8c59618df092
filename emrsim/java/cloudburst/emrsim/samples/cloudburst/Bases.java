package emrsim.samples.cloudburst;

import java.io.IOException;

/**
 * DNA as the .br form encodes it: one base a byte in memory, two a byte when packed, the first one in the
 * high half, and 0xF in place of a second one that is not there.
 */
final class Bases {
    static final byte A = 0;
    static final byte C = 1;
    static final byte G = 2;
    static final byte T = 4;
    /** An unknown base, which is like no other, not even like itself. */
    static final byte N = 8;

    private static final int PADDING = 0xF;
    /** The other strand's base by base; -1 where the number is no base. */
    private static final byte[] COMPLEMENTS = {T, G, C, -1, A, -1, -1, -1, N, -1, -1, -1, -1, -1, -1, -1};

    private Bases() {}

    static boolean match(byte one, byte other) {
        return one == other && one != N;
    }

    static boolean isKnown(byte[] bases, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bases[i] == N) {
                return false;
            }
        }
        return true;
    }

    static byte[] reverseComplement(byte[] bases) {
        byte[] other = new byte[bases.length];
        for (int i = 0; i < bases.length; i++) {
            other[i] = COMPLEMENTS[bases[bases.length - 1 - i]];
        }
        return other;
    }

    static int packedLength(int bases) {
        return (bases + 1) / 2;
    }

    /** Packs bases [from, from + length) into target, from its byte `at` on. */
    static void pack(byte[] bases, int from, int length, byte[] target, int at) {
        for (int i = 0; i < length; i += 2) {
            int second = i + 1 < length ? bases[from + i + 1] : PADDING;
            target[at + i / 2] = (byte) (bases[from + i] << 4 | second);
        }
    }

    /** The bases packed in bytes [from, to); IOException where there is something else. */
    static byte[] unpack(byte[] packed, int from, int to) throws IOException {
        int length = 2 * (to - from);
        if (length > 0 && (packed[to - 1] & 0xF) == PADDING) {
            length--;
        }
        byte[] bases = new byte[length];
        for (int i = 0; i < length; i++) {
            int pair = packed[from + i / 2];
            bases[i] = (byte) ((i % 2 == 0 ? pair >> 4 : pair) & 0xF);
            if (COMPLEMENTS[bases[i]] < 0) {
                throw new IOException("Not a record of the .br form: " + bases[i] + " is no base");
            }
        }
        return bases;
    }
}
