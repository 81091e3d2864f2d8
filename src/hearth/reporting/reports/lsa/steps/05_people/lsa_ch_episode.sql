-- Section: 5.8 Gaps of less than seven days; 5.9 ES/SH/street episodes
-- Grain: one row per PersonalID and episode, both its days included
-- Inputs: lsa_ch_interval
SELECT PersonalID, EpisodeStart, EpisodeEnd, EpisodeDays
FROM {homeless_episode(intervals = lsa_ch_interval)} AS episode
