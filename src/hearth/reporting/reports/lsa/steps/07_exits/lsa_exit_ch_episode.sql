-- Section: 7.6 Gaps of less than seven days; 7.7 ES/SH/street episodes
-- Grain: one row per PersonalID and episode, both its days included
-- Inputs: lsa_exit_ch_interval
SELECT PersonalID, EpisodeStart, EpisodeEnd, EpisodeDays
FROM {homeless_episode(intervals = lsa_exit_ch_interval)} AS episode
