package emrsim.hadoop;

import java.nio.file.Path;

/** What a URI names: a file or folder, which may not be there, and the rules of where it is. */
final class Place {
    /** The bucket's folder, or the one that is HDFS. */
    final Path top;
    /** The file: {@code top} or below it. */
    final Path path;
    /** Whether it is in S3, where there are no permissions and nothing is appended to. */
    final boolean isObject;
    /** Whether it is in a built-in bucket. */
    final boolean isReadOnly;

    Place(Path top, Path path, boolean isObject, boolean isReadOnly) {
        this.top = top;
        this.path = path;
        this.isObject = isObject;
        this.isReadOnly = isReadOnly;
    }

    boolean isTop() {
        return path.equals(top);
    }
}
