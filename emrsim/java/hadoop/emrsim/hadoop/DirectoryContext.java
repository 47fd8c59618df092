package emrsim.hadoop;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ReflectionUtils;

/** {@link DirectoryFileSystem} for programs that use FileContext. */
public final class DirectoryContext extends DelegateToFileSystem {

    public DirectoryContext(URI uri, Configuration conf) throws IOException, URISyntaxException {
        super(uri, fileSystem(uri.getScheme(), conf), conf, uri.getScheme(), false);
    }

    private static FileSystem fileSystem(String scheme, Configuration conf) throws IOException {
        return ReflectionUtils.newInstance(FileSystem.getFileSystemClass(scheme, conf), conf);
    }

    @Override
    public int getUriDefaultPort() {
        return -1;
    }
}
