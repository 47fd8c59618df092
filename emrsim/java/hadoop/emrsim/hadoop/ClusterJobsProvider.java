package emrsim.hadoop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Paths;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapred.LocalJobRunner;
import org.apache.hadoop.mapreduce.MRConfig;
import org.apache.hadoop.mapreduce.protocol.ClientProtocol;
import org.apache.hadoop.mapreduce.protocol.ClientProtocolProvider;

/**
 * Gives jobs of the local framework a runner, in place of Hadoop's own provider, which sets the wanted number of
 * maps to 1: on a cluster a job's {@code mapreduce.job.maps} is heard.
 *
 * <p>Hadoop takes the first provider that answers, so this jar stands first on the class path.
 */
public final class ClusterJobsProvider extends ClientProtocolProvider {

    @Override
    public ClientProtocol create(Configuration conf) throws IOException {
        String framework = conf.get(MRConfig.FRAMEWORK_NAME, MRConfig.LOCAL_FRAMEWORK_NAME);
        if (!framework.equals(MRConfig.LOCAL_FRAMEWORK_NAME)) {
            return null;
        }
        String counter = System.getenv("EMRSIM_JOB_COUNTER");
        return counter == null ? new LocalJobRunner(conf) : new ClusterJobs(conf, Paths.get(counter));
    }

    @Override
    public ClientProtocol create(InetSocketAddress address, Configuration conf) {
        return null;
    }

    @Override
    public void close(ClientProtocol jobs) {
        // They end with the process.
    }
}
