package emrsim.hadoop;

import java.io.IOException;

/**
 * The bucket of a URI has no directory under the root.
 *
 * <p>No FileNotFoundException: Hadoop takes that for "there is no such file" and goes on, and the person would
 * read "Input path does not exist" (S3A's UnknownStoreException is none for the same reason).
 */
public final class NoSuchBucketException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSuchBucketException(String message) {
        super(message);
    }
}
