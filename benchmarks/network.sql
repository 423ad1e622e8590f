-- The network stage by hand: plain DuckDB with temp tables, on ids as they come, giving the tables considered, connections,
-- nominals' treatment and edges under the default settings. What the stage is measured against (benchmarks/network.py).
CREATE TEMP TABLE every_link AS
SELECT record_id, nominal_id,
       bool_or(role IN ('suspect', 'arrested', 'charged', 'convicted')) AS offender,
       bool_or(role = 'victim') AS victim,
       bool_and(role = 'victim') AS only_victim,
       bool_or(role = 'missing') AS missing,
       bool_or(role IN ('subject', 'associate')) AS loose
FROM involvements
WHERE role IN ('suspect', 'arrested', 'charged', 'convicted', 'prisoner', 'victim', 'missing', 'subject', 'associate')
GROUP BY record_id, nominal_id;

CREATE TEMP TABLE large AS SELECT record_id, count(*) AS nominals FROM every_link GROUP BY record_id HAVING count(*) > 30;
CREATE TEMP TABLE links AS SELECT * FROM every_link ANTI JOIN large USING (record_id);

CREATE TEMP TABLE there AS
SELECT l.*, count(*) OVER (PARTITION BY record_id) AS size FROM links l SEMI JOIN record_scores USING (record_id);

CREATE TEMP TABLE behind AS
SELECT a.nominal_id, b.nominal_id AS other, a.record_id
FROM there a JOIN there b USING (record_id) WHERE NOT a.only_victim AND a.nominal_id <> b.nominal_id
UNION ALL
SELECT nominal_id, NULL, record_id FROM there WHERE size = 1 AND NOT only_victim;

CREATE TEMP TABLE connections AS
WITH hit AS (
    SELECT nominal_id, other, "group", max(weight) AS weight FROM behind JOIN record_groups USING (record_id) GROUP BY ALL
), weighed AS (
    SELECT nominal_id, other, least(1.0, round(sum(weight), 9)) AS c, list_sort(list("group")) AS groups FROM hit GROUP BY ALL
), listed AS (
    SELECT nominal_id, other, list_sort(list(record_id)) AS record_ids FROM behind GROUP BY ALL
)
SELECT w.*, l.record_ids FROM weighed w JOIN listed l
ON w.nominal_id = l.nominal_id AND w.other IS NOT DISTINCT FROM l.other;

CREATE TEMP TABLE p AS SELECT nominal_id, max(c) AS p FROM connections GROUP BY nominal_id;
CREATE TEMP TABLE deep AS SELECT DISTINCT record_id FROM links SEMI JOIN p USING (nominal_id);
CREATE TEMP TABLE met AS
SELECT nominal_id, coalesce(p, 0) AS p
FROM (SELECT DISTINCT nominal_id FROM links SEMI JOIN deep USING (record_id)) LEFT JOIN p USING (nominal_id);

CREATE TEMP TABLE ties AS
SELECT a.nominal_id, b.nominal_id AS other, count(*) AS n,
       bool_and((a.victim AND NOT a.offender AND b.offender AND NOT b.victim)
                OR (b.victim AND NOT b.offender AND a.offender AND NOT a.victim)) AS adversarial
FROM (SELECT * FROM links SEMI JOIN met USING (nominal_id)) a JOIN links b USING (record_id)
WHERE a.nominal_id <> b.nominal_id GROUP BY ALL;

CREATE TEMP TABLE shares AS
SELECT m.nominal_id, m.p, coalesce(s.a, 0) AS a
FROM met m LEFT JOIN (
    SELECT t.nominal_id, round(avg(coalesce(o.p, 0)), 9) AS a
    FROM ties t LEFT JOIN met o ON o.nominal_id = t.other WHERE NOT t.adversarial GROUP BY t.nominal_id
) s USING (nominal_id);

CREATE TEMP TABLE matched_ties AS
SELECT l.nominal_id, x.nominal_id AS other, l.record_id, l.offender, t.adversarial
FROM (SELECT * FROM links SEMI JOIN (SELECT nominal_id FROM met WHERE p >= 0.5 - 1e-9) USING (nominal_id)) x
JOIN links l ON l.record_id = x.record_id AND l.nominal_id <> x.nominal_id
JOIN ties t ON t.nominal_id = l.nominal_id AND t.other = x.nominal_id;

CREATE TEMP TABLE considered AS
SELECT s.nominal_id, p AS provisional_weight, a AS share, coalesce(ties, 0) AS ties, coalesce(tie_records, 0) AS tie_records,
       CASE WHEN p >= 0.5 - 1e-9 THEN 'matched'
            WHEN a >= 0.5 - 1e-9 AND coalesce(ties, 0) >= 2 AND coalesce(tie_records, 0) >= 2 THEN 'associate'
            ELSE 'discarded' END AS decision
FROM shares s LEFT JOIN (
    SELECT nominal_id, count(DISTINCT other) AS ties, count(DISTINCT record_id) AS tie_records
    FROM matched_ties WHERE NOT adversarial GROUP BY nominal_id
) USING (nominal_id);

CREATE TEMP TABLE kept AS SELECT * FROM considered WHERE decision <> 'discarded';

CREATE TEMP TABLE edges AS
WITH own AS (SELECT * FROM links SEMI JOIN kept USING (nominal_id)), shared AS (
    SELECT a.nominal_id AS nominal_a, b.nominal_id AS nominal_b, record_id,
           (a.victim AND NOT a.offender AND b.offender AND NOT b.victim)
           OR (b.victim AND NOT b.offender AND a.offender AND NOT a.victim) AS adversarial
    FROM own a JOIN own b USING (record_id) WHERE a.nominal_id < b.nominal_id
), found AS (SELECT DISTINCT nominal_a, nominal_b FROM shared SEMI JOIN deep USING (record_id))
SELECT nominal_a, nominal_b, count(*) AS n_records, bool_and(adversarial) AS adversarial,
       list_sort(list(record_id)) AS record_ids,
       (any_value(x.provisional_weight) + any_value(y.provisional_weight)) / 2 AS weight
FROM shared SEMI JOIN found USING (nominal_a, nominal_b)
JOIN kept x ON x.nominal_id = nominal_a JOIN kept y ON y.nominal_id = nominal_b GROUP BY nominal_a, nominal_b;
