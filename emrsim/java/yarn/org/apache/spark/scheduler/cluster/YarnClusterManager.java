package org.apache.spark.scheduler.cluster;

import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.ExternalClusterManager;
import org.apache.spark.scheduler.SchedulerBackend;
import org.apache.spark.scheduler.TaskScheduler;
import org.apache.spark.scheduler.TaskSchedulerImpl;
import org.apache.spark.scheduler.local.LocalSchedulerBackend;
import org.apache.spark.util.SystemClock;

/**
 * What Spark asks for a master {@code yarn} that the application sets itself: here it is this machine, or the Spark
 * cluster of EMRSIM_SPARK_MASTER.
 *
 * <p>It has the name of Spark's own class, before which it stands on the class path: Spark takes one such manager only.
 */
public final class YarnClusterManager implements ExternalClusterManager {
    private static final String MASTER = "EMRSIM_SPARK_MASTER";
    private static final String STANDALONE = "spark://";
    private static final String CORES = "emrsim.spark.cores"; // as many as in local[N]; without it all

    @Override
    public boolean canCreate(String master) {
        return master.equals("yarn") || master.equals("yarn-client") || master.equals("yarn-cluster");
    }

    @Override
    public TaskScheduler createTaskScheduler(SparkContext context, String master) {
        System.err.println("emrsim: the application sets the master " + master + ": it runs on "
                + (isStandalone() ? System.getenv(MASTER) : "this machine"));
        return isStandalone()
                ? new TaskSchedulerImpl(context)
                : new TaskSchedulerImpl(context, 1, true, new SystemClock());
    }

    @Override
    public SchedulerBackend createSchedulerBackend(SparkContext context, String master, TaskScheduler scheduler) {
        TaskSchedulerImpl tasks = (TaskSchedulerImpl) scheduler;
        if (isStandalone()) {
            String[] hosts = System.getenv(MASTER).substring(STANDALONE.length()).split(",");
            for (int i = 0; i < hosts.length; i++) {
                hosts[i] = STANDALONE + hosts[i];
            }
            return new StandaloneSchedulerBackend(tasks, context, hosts);
        }
        int cores = Integer.getInteger(CORES, Runtime.getRuntime().availableProcessors());
        return new LocalSchedulerBackend(context.getConf(), tasks, cores);
    }

    @Override
    public void initialize(TaskScheduler scheduler, SchedulerBackend backend) {
        ((TaskSchedulerImpl) scheduler).initialize(backend);
    }

    private static boolean isStandalone() {
        String master = System.getenv(MASTER);
        return master != null && master.startsWith(STANDALONE);
    }
}
