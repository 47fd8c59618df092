-- How long the hosts took to answer, by the hour.
-- Variables: SAMPLE is this sample's folder, OUTPUT is written.
ADD JAR ${SAMPLE}/libs/jsonserde.jar;

CREATE EXTERNAL TABLE IF NOT EXISTS response_times (
  requestBeginTime BIGINT, requestEndTime BIGINT, hostname STRING
)
PARTITIONED BY (dt STRING)
ROW FORMAT SERDE 'com.amazon.elasticmapreduce.JsonSerde'
WITH SERDEPROPERTIES ('paths' = 'requestBeginTime, requestEndTime, hostname')
LOCATION '${SAMPLE}/tables/impressions';

ALTER TABLE response_times RECOVER PARTITIONS;

INSERT OVERWRITE DIRECTORY '${OUTPUT}'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
SELECT hostname, substr(dt, 1, 13), round(avg(requestEndTime - requestBeginTime), 1), count(*)
FROM response_times GROUP BY hostname, substr(dt, 1, 13);
