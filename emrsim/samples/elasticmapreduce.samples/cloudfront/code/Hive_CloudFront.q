-- How many requests came from each operating system, by a CloudFront access log.
-- Variables: INPUT is the bucket of samples, OUTPUT/os_requests is written.
CREATE EXTERNAL TABLE IF NOT EXISTS cloudfront_logs (
  day DATE,
  time STRING,
  edge STRING,
  bytes INT,
  client STRING,
  method STRING,
  host STRING,
  uri STRING,
  status INT,
  referrer STRING,
  os STRING,
  browser STRING,
  browser_version STRING
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '^(?!#)([^\\t]+)\\t([^\\t]+)\\t([^\\t]+)\\t([0-9]+)\\t([^\\t]+)\\t([^\\t]+)\\t([^\\t]+)\\t([^\\t]+)\\t([0-9]+)\\t([^\\t]+)\\t[^(]+[(]([^;]+)[^)]*[)]%20([^/]+)/([^\\t]+)$'
)
LOCATION '${INPUT}/cloudfront/data';

INSERT OVERWRITE DIRECTORY '${OUTPUT}/os_requests/'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
SELECT os, COUNT(*) AS requests
FROM cloudfront_logs
WHERE day BETWEEN '2014-07-05' AND '2014-08-05'
GROUP BY os;
