-- How much more often an ad is clicked on where a feature is seen than it is on the whole.
-- Variables: INPUT has the tables, LIBS this script and its jar, OUTPUT is written.
ADD JAR ${LIBS}/jsonserde.jar;

CREATE EXTERNAL TABLE IF NOT EXISTS impressions (
  requestBeginTime STRING, adId STRING, impressionId STRING, referrer STRING,
  userAgent STRING, userCookie STRING, ip STRING
)
PARTITIONED BY (dt STRING)
ROW FORMAT SERDE 'com.amazon.elasticmapreduce.JsonSerde'
WITH SERDEPROPERTIES (
  'paths' = 'requestBeginTime, adId, impressionId, referrer, userAgent, userCookie, ip'
)
LOCATION '${INPUT}/impressions';

CREATE EXTERNAL TABLE IF NOT EXISTS clicks (impressionId STRING)
PARTITIONED BY (dt STRING)
ROW FORMAT SERDE 'com.amazon.elasticmapreduce.JsonSerde'
WITH SERDEPROPERTIES ('paths' = 'impressionId')
LOCATION '${INPUT}/clicks';

ALTER TABLE impressions RECOVER PARTITIONS;
ALTER TABLE clicks RECOVER PARTITIONS;

CREATE TABLE joined_impressions AS
SELECT i.adId, i.referrer, i.userAgent, CAST(IF(c.impressionId IS NULL, 0, 1) AS DOUBLE) AS clicked
FROM impressions i LEFT OUTER JOIN clicks c ON c.impressionId = i.impressionId;

INSERT OVERWRITE DIRECTORY '${OUTPUT}'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
SELECT f.adId, f.feature, round(f.clicked / a.clicked, 6)
FROM (
  SELECT adId, feature, avg(clicked) AS clicked
  FROM (
    SELECT adId, concat('page:', referrer) AS feature, clicked FROM joined_impressions
    UNION ALL
    SELECT adId, concat('agent:', word) AS feature, clicked
    FROM joined_impressions LATERAL VIEW explode(split(userAgent, '[ /]')) words AS word
  ) features
  GROUP BY adId, feature
) f
JOIN (SELECT adId, avg(clicked) AS clicked FROM joined_impressions GROUP BY adId) a ON a.adId = f.adId
WHERE a.clicked > 0;
