package emrsim.hadoop;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * URIs as files: the same rules as emrsim's storage and its S3 have for everybody else.
 *
 * <pre>
 * fs.emrsim.root          the directory that is S3: ROOT/bucket/key
 * fs.emrsim.hdfs          the folder that is HDFS, whatever host a URI names; without it there is none
 * fs.emrsim.bucket.NAME   the folder of a built-in bucket, read only; one of that name under the root hides it
 * </pre>
 */
final class Places {
    private static final Set<String> SCHEMES = new HashSet<>(Arrays.asList("s3", "s3n", "s3a", "hdfs", "dfs"));
    private static final Pattern BUCKET_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");
    private static final String BOOKKEEPING = ".fake_s3"; // the S3 server's own files, at whatever depth
    private static final int NAME_BYTES_MAX = 255;
    private static final int KEY_BYTES_MAX = 1024; // source: S3 User Guide, object key names

    private final Configuration conf;

    Places(Configuration conf) {
        this.conf = conf;
    }

    /** Whether URIs of {@code scheme} can be asked for. */
    static boolean knows(String scheme) {
        return SCHEMES.contains(scheme);
    }

    /** Whether {@code uri} is in HDFS, which has two names. */
    static boolean isHdfs(URI uri) {
        return uri.getScheme().endsWith("dfs");
    }

    /** The bucket of an authority, which may have an access key and a secret before it. */
    static String bucket(String authority) {
        return authority == null ? "" : authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** Whether a file of this name is an object or part of a key. */
    static boolean isKeyName(String name) {
        return !name.startsWith(BOOKKEEPING);
    }

    /** What {@code uri} names, which is absolute. Refuses what cannot be a name, and what would leave the root. */
    Place place(URI uri) throws IOException {
        return isHdfs(uri) ? inHdfs(uri) : inBucket(uri);
    }

    private Place inHdfs(URI uri) throws IOException {
        Path top = folder("fs.emrsim.hdfs", uri);
        Path path = top.resolve(uri.getPath().replaceFirst("^/+", ""));
        stayWithin(top, path, uri);
        return new Place(top, path, false, false);
    }

    private Place inBucket(URI uri) throws IOException {
        Path root = folder("fs.emrsim.root", uri);
        String bucket = bucket(uri.getAuthority());
        if (!BUCKET_NAME.matcher(bucket).matches() || bucket.contains("..")) {
            throw new IOException(uri + ": The specified bucket is not valid.");
        }
        Path top = root.resolve(bucket);
        boolean isReadOnly = false;
        if (!Files.isDirectory(top)) {
            String builtIn = conf.getRaw("fs.emrsim.bucket." + bucket);
            if (builtIn == null) {
                throw new NoSuchBucketException(
                        uri + ": The specified bucket does not exist: there is no directory " + top);
            }
            top = Paths.get(builtIn);
            isReadOnly = true;
        }
        Path path = top.resolve(key(uri));
        stayWithin(top.getParent(), path, uri);
        return new Place(top, path, true, isReadOnly);
    }

    private Path folder(String property, URI uri) throws IOException {
        String folder = conf.getRaw(property);
        if (folder == null) {
            throw new IOException(uri + ": No FileSystem for scheme: " + uri.getScheme());
        }
        return Paths.get(folder);
    }

    private static String key(URI uri) throws IOException {
        String key = uri.getPath().replaceFirst("^/+", "").replaceFirst("/+$", "");
        if (bytes(key) > KEY_BYTES_MAX) {
            throw new IOException(uri + ": Your key is too long");
        }
        for (String name : key.isEmpty() ? new String[0] : key.split("/")) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw new IOException(uri + ": a part of the key is '" + name + "'");
            }
            if (!isKeyName(name)) {
                throw new IOException(uri + ": names that begin with " + BOOKKEEPING + " are the server's own");
            }
            if (name.indexOf('\0') >= 0 || bytes(name) > NAME_BYTES_MAX) {
                throw new IOException(uri + ": a directory cannot hold this key");
            }
        }
        return key;
    }

    /** Whether a part of {@code path} before the last is a file, so that nothing can be there. */
    static boolean isBelowFile(Path path) {
        Path parent = path.getParent();
        return parent != null && (Files.isRegularFile(parent) || isBelowFile(parent));
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void stayWithin(Path root, Path path, URI uri) throws IOException {
        if (!real(path).startsWith(root.toRealPath())) {
            throw new OutsideException(uri + ": it would leave the root through a symbolic link");
        }
    }

    /** {@code path} with all symbolic links followed, also those whose target is not there. */
    private static Path real(Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (FileSystemException odd) {
            if (!(odd instanceof NoSuchFileException) && !isBelowFile(path)) {
                throw odd;
            }
            if (Files.isSymbolicLink(path)) {
                return real(path.resolveSibling(Files.readSymbolicLink(path)));
            }
            return real(path.getParent()).resolve(path.getFileName()).normalize();
        }
    }

    /** A symbolic link leads out of the root. */
    static final class OutsideException extends IOException {
        private static final long serialVersionUID = 1L;

        OutsideException(String message) {
            super(message);
        }
    }
}
