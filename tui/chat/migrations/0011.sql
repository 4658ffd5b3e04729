-- Of what was brought in from another program nobody knows how it ended, unless that program has kept it.
UPDATE reply SET outcome = 'unknown'
    WHERE record IS NULL AND outcome IN ('complete', 'empty-reply') AND notices LIKE '%"brought-in"%';
