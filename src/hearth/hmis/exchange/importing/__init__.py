"""Import of HMIS CSV: open → structure check → typed staging with findings → match → write.

`perform` does one import from the file to the commit. Opening and staging are `hearth.reporting.sources`;
here the staged tables are matched with what is stored (`matching`) and written (`writing`) over one
connection of the role `hearth_loader`, in one transaction: whatever happens before its commit, the
database stays as it was.

The loader writes with triggers off (`session_replication_role`) and puts in what they would: organization
and sharing of records, history of changed rows, who changed them. Foreign keys hold because the joins that
resolve them cannot give an id that is not there. Why: triggers and key checks for five million rows take
longer than the whole import.
"""
