import backups.models.entries
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Backup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim', models.UUIDField(unique=True)),
                ('device_id', models.BigIntegerField(db_index=True)),
                ('revision', models.BigIntegerField(default=0)),
                ('fingerprint', models.BinaryField(default=backups.models.entries.fingerprint, max_length=8)),
                ('opened_stamp', models.BigIntegerField()),
                ('newest_stamp', models.BigIntegerField(default=0)),
                ('clock_offset', models.BigIntegerField(default=0)),
                ('live_count', models.PositiveIntegerField(default=0)),
                ('live_bytes', models.PositiveBigIntegerField(default=0)),
                ('dead_count', models.PositiveIntegerField(default=0)),
                ('day_count', models.PositiveIntegerField(default=0)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('backup', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='confirmation', serialize=False, to='backups.backup')),
                ('revision', models.BigIntegerField()),
                ('confirmed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='KeptPlan',
            fields=[
                ('backup', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='kept', serialize=False, to='backups.backup')),
                ('person_id', models.BigIntegerField(db_index=True)),
                ('name', models.CharField(max_length=127, verbose_name='name')),
                ('serial', models.CharField(max_length=20, verbose_name='serial number')),
                ('released_at', models.DateTimeField(verbose_name='released')),
            ],
            options={
                'verbose_name': 'kept plan',
                'verbose_name_plural': 'kept plans',
            },
        ),
        migrations.CreateModel(
            name='WaitingImport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('mode', models.CharField(max_length=7)),
                ('content', models.BinaryField()),
                ('faults', models.JSONField()),
                ('unsaid', models.JSONField(default=list)),
                ('notes', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('backup', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='backups.backup')),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('pk', models.CompositePrimaryKey('backup', 'type', 'uuid', 'day', 'revision', blank=True, editable=False, primary_key=True, serialize=False)),
                ('revision', models.BigIntegerField()),
                ('type', models.CharField(max_length=5)),
                ('uuid', models.UUIDField()),
                ('day', models.BigIntegerField(default=-1)),
                ('entry', models.JSONField()),
                ('backup', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'indexes': [models.Index(fields=['backup', 'revision'], name='change_revision')],
            },
        ),
        migrations.CreateModel(
            name='Commit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.BigIntegerField()),
                ('fingerprint', models.BinaryField(default=backups.models.entries.fingerprint, max_length=8)),
                ('source', models.CharField(choices=[('device', 'Device'), ('person', 'Person'), ('server', 'Server'), ('restore', 'Restore'), ('import', 'Import')], max_length=8)),
                ('person_id', models.BigIntegerField(null=True)),
                ('by', models.CharField(max_length=150)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('backup', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('backup', 'revision'), name='commit_revision')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(verbose_name='id')),
                ('name', models.CharField(blank=True, max_length=127, verbose_name='name')),
                ('alive', models.BooleanField(default=True)),
                ('revision', models.BigIntegerField()),
                ('wire', models.TextField()),
                ('stamps', models.JSONField(default=dict)),
                ('deleted_stamp', models.BigIntegerField(default=0)),
                ('restored_stamp', models.BigIntegerField(default=0)),
                ('description', models.CharField(blank=True, max_length=1023, verbose_name='description')),
                ('starttime', models.BigIntegerField()),
                ('duration', models.BigIntegerField()),
                ('backup', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['backup', 'revision'], name='event_revision')],
                'constraints': [models.UniqueConstraint(fields=('backup', 'uuid'), name='event_id_once_a_backup'), models.CheckConstraint(condition=models.Q(('duration__range', (0, 2147483647)), ('starttime__range', (0, 2147483647))), name='event_times')],
            },
        ),
        migrations.CreateModel(
            name='Habit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(verbose_name='id')),
                ('name', models.CharField(blank=True, max_length=127, verbose_name='name')),
                ('alive', models.BooleanField(default=True)),
                ('revision', models.BigIntegerField()),
                ('wire', models.TextField()),
                ('stamps', models.JSONField(default=dict)),
                ('deleted_stamp', models.BigIntegerField(default=0)),
                ('restored_stamp', models.BigIntegerField(default=0)),
                ('goal', models.PositiveSmallIntegerField(default=0)),
                ('days_done', models.PositiveIntegerField(default=0)),
                ('skipped', models.JSONField(db_default=[], default=list)),
                ('backup', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['backup', 'revision'], name='habit_revision'), models.Index(fields=['backup', 'name'], name='habit_name')],
                'constraints': [models.UniqueConstraint(fields=('backup', 'uuid'), name='habit_id_once_a_backup'), models.CheckConstraint(condition=models.Q(('goal__range', (0, 127))), name='habit_goal')],
            },
        ),
        migrations.CreateModel(
            name='HabitDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('habit_uuid', models.UUIDField()),
                ('day', models.BigIntegerField()),
                ('done', models.BooleanField()),
                ('stamp', models.BigIntegerField()),
                ('backup', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('backup', 'habit_uuid', 'day'), name='habit_day_once_a_backup')],
            },
        ),
        migrations.CreateModel(
            name='KeptPush',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(max_length=32)),
                ('key', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('answer', models.JSONField()),
                ('created_at', models.DateTimeField(db_index=True)),
                ('backup', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('backup', 'caller', 'key'), name='kept_push_once')],
            },
        ),
        migrations.CreateModel(
            name='Overruled',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('type', models.CharField(max_length=5)),
                ('uuid', models.UUIDField()),
                ('field', models.CharField(max_length=24)),
                ('value', models.JSONField()),
                ('stamp', models.BigIntegerField()),
                ('reason', models.CharField(max_length=16)),
                ('source', models.CharField(choices=[('device', 'Device'), ('person', 'Person'), ('server', 'Server'), ('restore', 'Restore'), ('import', 'Import')], max_length=8)),
                ('by', models.CharField(max_length=150)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('backup', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('backup', 'key'), name='overruled_once')],
            },
        ),
        migrations.CreateModel(
            name='RestorePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.BigIntegerField()),
                ('reason', models.CharField(choices=[('named', 'Named'), ('daily', 'Daily'), ('restore', 'Before a restore'), ('delete', 'Before much was deleted'), ('import', 'Before an import'), ('replace', 'Before a replacement'), ('hand-over', 'Before a hand-over'), ('release', 'When the device was released')], max_length=9)),
                ('name', models.CharField(blank=True, max_length=127, verbose_name='name')),
                ('person_id', models.BigIntegerField(null=True)),
                ('by', models.CharField(blank=True, max_length=150)),
                ('counts', models.JSONField()),
                ('checksum', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('backup', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='backups.backup')),
            ],
            options={
                'indexes': [models.Index(fields=['backup', 'revision'], name='point_revision')],
            },
        ),
        migrations.CreateModel(
            name='SyncReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('milliseconds', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('up', models.PositiveIntegerField(verbose_name='changes up')),
                ('down', models.PositiveIntegerField(verbose_name='entries down')),
                ('overruled', models.PositiveIntegerField(verbose_name='overruled')),
                ('rejected', models.PositiveIntegerField(verbose_name='refused')),
                ('revision', models.BigIntegerField(null=True)),
                ('result', models.CharField(max_length=32, verbose_name='result')),
                ('backup', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='backups.backup')),
            ],
            options={
                'verbose_name': 'sync report',
                'verbose_name_plural': 'sync reports',
                'indexes': [models.Index(fields=['backup', '-id'], name='sync_report_newest'), models.Index(models.F('at'), condition=models.Q(('milliseconds__gte', 1000)), name='sync_report_slow')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(verbose_name='id')),
                ('name', models.CharField(blank=True, max_length=127, verbose_name='name')),
                ('alive', models.BooleanField(default=True)),
                ('revision', models.BigIntegerField()),
                ('wire', models.TextField()),
                ('stamps', models.JSONField(default=dict)),
                ('deleted_stamp', models.BigIntegerField(default=0)),
                ('restored_stamp', models.BigIntegerField(default=0)),
                ('description', models.CharField(blank=True, max_length=1023, verbose_name='description')),
                ('completion', models.PositiveSmallIntegerField(choices=[(0, 'To do'), (1, 'Done')], default=0)),
                ('priority', models.PositiveSmallIntegerField(choices=[(3, 'High'), (2, 'Medium'), (1, 'Low')], default=1)),
                ('duedate', models.BigIntegerField(default=2147483647)),
                ('backup', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.backup')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['backup', 'revision'], name='task_revision')],
                'constraints': [models.UniqueConstraint(fields=('backup', 'uuid'), name='task_id_once_a_backup'), models.CheckConstraint(condition=models.Q(('priority__range', (1, 3))), name='task_priority'), models.CheckConstraint(condition=models.Q(('completion__in', (0, 1))), name='task_completion'), models.CheckConstraint(condition=models.Q(('duedate__range', (0, 2147483647))), name='task_duedate')],
            },
        ),
    ]
